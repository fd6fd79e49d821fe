package io.gangway.log;

import java.io.EOFException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Map;
import java.util.regex.Pattern;

/** Says what happened to a file in words: the messages of many of Java's exceptions are only a path, and their names mean nothing to an operator. */
public final class FileProblem {
    /** An exception's name with its packages, and the colon after it. */
    private static final Pattern NAME_OF_CLASS =
            Pattern.compile("\\b(?:[a-z_]\\w*\\.)+(?:[A-Z]\\w*[.$])*[A-Z]\\w*(?:Exception|Error)\\b:?\\s*");

    /** No type is another one's subtype. */
    private static final Map<Class<? extends Exception>, String> WORDS = Map.of(
            NoSuchFileException.class, "there is no such file or directory",
            AccessDeniedException.class, "permission denied",
            FileAlreadyExistsException.class, "it exists already",
            NotDirectoryException.class, "it is no directory",
            DirectoryNotEmptyException.class, "the directory is not empty",
            FileSystemLoopException.class, "a symbolic link leads back to it",
            UserPrincipalNotFoundException.class, "there is no such user or group",
            CharacterCodingException.class, "it is not UTF-8",
            EOFException.class, "it ends too early");

    private static final String UNKNOWN = "no reason is known";

    private FileProblem() {}

    /**
     * The reason of a failure, for a message that has named the file.
     *
     * @param problem of a file, or of what was read from it
     * @return for example {@code there is no such file or directory} or {@code No space left on device}; never the name of a class
     */
    public static String inWords(Throwable problem) {
        if (problem instanceof FileSystemException failed && failed.getReason() != null) {
            return failed.getReason();
        }
        for (Map.Entry<Class<? extends Exception>, String> known : WORDS.entrySet()) {
            if (known.getKey().isInstance(problem)) {
                return known.getValue();
            }
        }
        Throwable cause = problem.getCause();
        String message = problem.getMessage();
        if (message == null || (cause != null && message.equals(cause.toString()))) {
            return cause == null ? UNKNOWN : inWords(cause);
        }
        String said = NAME_OF_CLASS.matcher(message).replaceAll("").strip();
        return said.isEmpty() ? UNKNOWN : said;
    }
}
