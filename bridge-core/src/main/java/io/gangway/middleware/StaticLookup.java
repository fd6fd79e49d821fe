package io.gangway.middleware;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;

/**
 * Finds the file or directory that a path names below a directory, and none outside.
 *
 * <p>There are two checks: each segment of the path must be a plain file name, and the file must be within the directory after
 * all symbolic links are resolved. Each file has only one URL: double slashes, trailing slashes and double percent-encoding are
 * not removed.
 */
record StaticLookup(Path root, boolean showsDotFiles) {
    /**
     * @param named the requested path, which may be a link: its name decides the content type, not the name of the link's target
     * @param path the resolved path, which had no symbolic links when it was resolved
     */
    record Found(Path named, Path path, BasicFileAttributes attributes) {
        boolean isFile() {
            return attributes.isRegularFile();
        }
    }

    /** @param pathInfo PATH_INFO: empty or starting with a slash, bytes as chars */
    Optional<Found> find(String pathInfo) {
        if (!pathInfo.isEmpty() && pathInfo.charAt(0) != '/') {
            return Optional.empty(); // breaks W11; only a middleware outside could cause it
        }
        try {
            Path base = root.toRealPath(); // on each request, because a deployment may switch the link
            Path path = base;
            List<String> segments = List.of(decode(pathInfo).split("/", -1));
            boolean wantsDirectory = pathInfo.endsWith("/");
            int end = wantsDirectory ? segments.size() - 1 : segments.size();
            for (String segment : segments.subList(1, Math.max(1, end))) {
                if (!isPlainName(segment)) {
                    return Optional.empty();
                }
                path = path.resolve(segment);
            }
            Optional<Found> found = resolve(base, path);
            return found.filter(it -> it.attributes().isDirectory() || !wantsDirectory);
        } catch (IOException | InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** Finds a file beside or in a found path: an index file, or a compressed file. */
    Optional<Found> file(Path path) {
        try {
            return resolve(root.toRealPath(), path).filter(Found::isFile);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<Found> resolve(Path base, Path path) throws IOException {
        Path real = path.toRealPath();
        if (!real.startsWith(base)) {
            return Optional.empty();
        }
        BasicFileAttributes attributes = Files.readAttributes(real, BasicFileAttributes.class);
        boolean servable = attributes.isRegularFile() || attributes.isDirectory(); // a pipe would block its reader
        return servable ? Optional.of(new Found(path, real, attributes)) : Optional.empty();
    }

    private boolean isPlainName(String segment) {
        boolean special = segment.isEmpty() || segment.equals(".") || segment.equals("..");
        boolean hidden = segment.startsWith(".") && !showsDotFiles;
        return !special && !hidden && segment.chars().noneMatch(StaticLookup::isForbidden);
    }

    /** Backslashes and, on Windows, colons (drives, streams) are not part of a plain name; control characters never are. */
    private static boolean isForbidden(int c) {
        return c == '\\' || c < ' ' || c == 0x7f || (c == ':' && File.separatorChar == '\\');
    }

    private static String decode(String pathInfo) throws CharacterCodingException {
        return UTF_8.newDecoder()
                .decode(ByteBuffer.wrap(pathInfo.getBytes(ISO_8859_1)))
                .toString();
    }
}
