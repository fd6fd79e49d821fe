package io.gangway.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * A request's body.
 *
 * @param type the Content-Type, if the content decides it
 * @param length bytes, or {@link #UNKNOWN_LENGTH}
 * @param source opened when the request is sent, so that a file is not read into memory
 * @param isRepeatable whether the source can be opened again, for a redirect that keeps the body
 */
record RequestBody(Optional<String> type, long length, Source source, boolean isRepeatable) {
    static final long UNKNOWN_LENGTH = -1;
    static final RequestBody NONE =
            new RequestBody(Optional.empty(), 0, () -> new ByteArrayInputStream(new byte[0]), true);

    /** Must not occur in a test's content. It is fixed, so that a failing test fails in the same way again. */
    private static final String BOUNDARY = "gangway-test-boundary-5f1c0e9b7a2d";

    @FunctionalInterface
    interface Source {
        InputStream open() throws IOException;
    }

    /** A form's field or file; a field has an empty file name and type. */
    record Part(String name, String fileName, String type, RequestBody content) {
        static Part field(String name, String value) {
            return new Part(name, "", "", of(value.getBytes(UTF_8)));
        }

        boolean isFile() {
            return !type.isEmpty();
        }
    }

    static RequestBody of(byte[] bytes) {
        byte[] copy = bytes.clone();
        return new RequestBody(Optional.empty(), copy.length, () -> new ByteArrayInputStream(copy), true);
    }

    static RequestBody of(Path file) {
        try {
            return new RequestBody(Optional.empty(), Files.size(file), () -> Files.newInputStream(file), true);
        } catch (IOException e) {
            throw new UncheckedIOException("The file to send cannot be read: " + file, e);
        }
    }

    static RequestBody of(InputStream stream) {
        return new RequestBody(Optional.empty(), UNKNOWN_LENGTH, () -> stream, false);
    }

    RequestBody typed(String newType) {
        return new RequestBody(Optional.of(newType), length, source, isRepeatable);
    }

    /** A form as browsers send it: multipart if it has a file, else urlencoded. */
    static RequestBody form(List<Part> parts) {
        return parts.stream().anyMatch(Part::isFile) ? multipart(parts) : urlencoded(parts);
    }

    private static RequestBody urlencoded(List<Part> parts) {
        List<String> pairs = new ArrayList<>();
        for (Part part : parts) {
            pairs.add(URLEncoder.encode(part.name(), UTF_8) + "=" + URLEncoder.encode(text(part), UTF_8));
        }
        return of(String.join("&", pairs).getBytes(UTF_8)).typed("application/x-www-form-urlencoded");
    }

    private static String text(Part field) {
        try (InputStream content = field.content().source().open()) {
            return new String(content.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** RFC 7578. */
    private static RequestBody multipart(List<Part> parts) {
        List<RequestBody> pieces = new ArrayList<>();
        for (Part part : parts) {
            String head = "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"" + escaped(part.name()) + "\""
                    + (part.isFile()
                            ? "; filename=\"" + escaped(part.fileName()) + "\"\r\nContent-Type: " + part.type()
                            : "")
                    + "\r\n\r\n";
            pieces.add(of(head.getBytes(UTF_8)));
            pieces.add(part.content());
            pieces.add(of("\r\n".getBytes(UTF_8)));
        }
        pieces.add(of(("--" + BOUNDARY + "--\r\n").getBytes(UTF_8)));
        long length = pieces.stream().mapToLong(RequestBody::length).sum();
        String type = "multipart/form-data; boundary=" + BOUNDARY;
        return new RequestBody(Optional.of(type), length, () -> concatenated(pieces), true);
    }

    /** Opens one piece after the other. */
    @SuppressWarnings("JdkObsolete") // SequenceInputStream needs an Enumeration
    private static InputStream concatenated(List<RequestBody> pieces) {
        Iterator<InputStream> streams = pieces.stream()
                .map(piece -> {
                    try {
                        return piece.source().open();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .iterator();
        return new SequenceInputStream(new Enumeration<>() {
            @Override
            public boolean hasMoreElements() {
                return streams.hasNext();
            }

            @Override
            public InputStream nextElement() {
                return streams.next();
            }
        });
    }

    /** As HTML's form submission escapes names: section 4.10.21.8. */
    private static String escaped(String name) {
        return name.replace("\r", "%0D").replace("\n", "%0A").replace("\"", "%22");
    }
}
