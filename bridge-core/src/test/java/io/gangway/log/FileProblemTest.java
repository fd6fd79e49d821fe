package io.gangway.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FileProblemTest {
    @TempDir
    private Path folder;

    static Stream<Arguments> problems() {
        return Stream.of(
                arguments(new AccessDeniedException("/x"), "permission denied"),
                arguments(new NotDirectoryException("/x"), "it is no directory"),
                arguments(new DirectoryNotEmptyException("/x"), "the directory is not empty"),
                arguments(new FileSystemLoopException("/x"), "a symbolic link leads back to it"),
                arguments(new FileSystemException("/x", null, "No space left on device"), "No space left on device"),
                arguments(new UserPrincipalNotFoundException("shop"), "there is no such user or group"),
                arguments(new MalformedInputException(1), "it is not UTF-8"),
                arguments(new EOFException(), "it ends too early"),
                arguments(new IOException("File too large"), "File too large"),
                arguments(new IOException(new AccessDeniedException("/x")), "permission denied"),
                arguments(new IOException(null, new AccessDeniedException("/x")), "permission denied"),
                arguments(
                        new IOException("problem: java.lang.IllegalArgumentException: no sequence"),
                        "problem: no sequence"),
                arguments(new IOException(), "no reason is known"));
    }

    @ParameterizedTest
    @MethodSource("problems")
    void a_problem_is_told_without_a_name_of_java(Throwable problem, String words) {
        assertThat(FileProblem.inWords(problem)).isEqualTo(words);
    }

    @Test
    void the_systems_own_problems_are_told() {
        assertThat(FileProblem.inWords(catchThrowable(() -> Files.readString(folder.resolve("a.pem")))))
                .isEqualTo("there is no such file or directory");
        assertThat(FileProblem.inWords(catchThrowable(() -> Files.createDirectory(folder))))
                .isEqualTo("it exists already");
        assertThat(FileProblem.inWords(catchThrowable(() -> Files.readString(folder))))
                .isEqualTo("Is a directory");
    }
}
