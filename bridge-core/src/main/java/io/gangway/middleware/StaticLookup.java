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
 * Finds what a path names below a directory, and nothing else.
 *
 * <p>Two fences stand one behind the other: no segment of the path may be anything but a plain file name, and what it
 * resolves to, all symbolic links followed, must lie within the directory. One URL leads to a file: double slashes,
 * trailing slashes and further percent-encoding are not undone.
 */
record StaticLookup(Path root, boolean showsDotFiles) {
    /**
     * @param named what was asked for, perhaps through links: its name says what it is, whatever the file is called
     * @param path resolved, without symbolic links when it was looked at
     */
    record Found(Path named, Path path, BasicFileAttributes attributes) {
        boolean isFile() {
            return attributes.isRegularFile();
        }
    }

    /** @param pathInfo PATH_INFO: empty or starting with a slash, bytes as chars */
    Optional<Found> find(String pathInfo) {
        if (!pathInfo.isEmpty() && pathInfo.charAt(0) != '/') {
            return Optional.empty(); // against W11: no server of ours sends it, but a middleware between might
        }
        try {
            Path base = root.toRealPath(); // each time: a deployment may switch the link that leads here
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

    /** What lies beside or in something found: an index file, a compressed sibling. */
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

    /** Backslashes and, on Windows, drives and streams mean more than a name; controls are in nobody's file names. */
    private static boolean isForbidden(int c) {
        return c == '\\' || c < ' ' || c == 0x7f || (c == ':' && File.separatorChar == '\\');
    }

    private static String decode(String pathInfo) throws CharacterCodingException {
        return UTF_8.newDecoder()
                .decode(ByteBuffer.wrap(pathInfo.getBytes(ISO_8859_1)))
                .toString();
    }
}
