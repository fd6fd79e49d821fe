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
import java.util.regex.Pattern;

/** Says what happened to a file in words: the messages of many of Java's exceptions are only a path, and their names mean nothing to an operator. */
public final class FileProblem {
    /** An exception's name with its packages, and the colon after it. */
    private static final Pattern NAME_OF_CLASS =
            Pattern.compile("\\b(?:[a-z_]\\w*\\.)+(?:[A-Z]\\w*[.$])*[A-Z]\\w*(?:Exception|Error)\\b:?\\s*");

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
        if (problem instanceof NoSuchFileException) {
            return "there is no such file or directory";
        }
        if (problem instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (problem instanceof FileAlreadyExistsException) {
            return "it exists already";
        }
        if (problem instanceof NotDirectoryException) {
            return "it is no directory";
        }
        if (problem instanceof DirectoryNotEmptyException) {
            return "the directory is not empty";
        }
        if (problem instanceof FileSystemLoopException) {
            return "a symbolic link leads back to it";
        }
        if (problem instanceof UserPrincipalNotFoundException) {
            return "there is no such user or group";
        }
        if (problem instanceof CharacterCodingException) {
            return "it is not UTF-8";
        }
        if (problem instanceof EOFException) {
            return "it ends too early";
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
