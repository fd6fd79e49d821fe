package io.gangway.python.supervisor;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Deletes a directory that Gangway made, with all files in it.
 *
 * <p>Links are deleted, not followed. Where the system supports it (openat(2): Linux does), each file is named relative to the open
 * directory that it is in, so that another user cannot redirect the deletion by putting a link in the place of a directory.
 */
public final class OwnTree {
    private OwnTree() {}

    /** Deletes a directory; does nothing if it is not there. */
    public static void delete(Path directory) throws IOException {
        Path parent = Objects.requireNonNull(directory.getParent(), "a root directory is not ours");
        Path name = Objects.requireNonNull(directory.getFileName(), "likewise");
        try (DirectoryStream<Path> opened = Files.newDirectoryStream(parent)) {
            if (opened instanceof SecureDirectoryStream<Path> secure) {
                delete(secure, name);
            } else {
                walk(directory);
            }
        } catch (NoSuchFileException e) {
            // The directory or its parent is gone already.
        }
    }

    /** Deletes a directory in an open one. */
    static void delete(SecureDirectoryStream<Path> parent, Path name) throws IOException {
        try (SecureDirectoryStream<Path> directory = parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
            for (Path file : directory) {
                deleteAny(directory, file.getFileName());
            }
            parent.deleteDirectory(name);
        } catch (NoSuchFileException e) {
            // Another process has deleted it meanwhile.
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private static void deleteAny(SecureDirectoryStream<Path> directory, Path name) throws IOException {
        try {
            BasicFileAttributes attributes = directory
                    .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .readAttributes();
            if (attributes.isDirectory()) {
                delete(directory, name);
            } else {
                directory.deleteFile(name);
            }
        } catch (NoSuchFileException e) {
            // Another process has deleted it meanwhile.
        }
    }

    private static void walk(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path each, @Nullable IOException e) throws IOException {
                Files.deleteIfExists(each);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
