package io.gangway.python.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Reads the vectors that both ends of the protocol are tested with; their README has the format. */
final class Vectors {
    private static final Pattern ESCAPE = Pattern.compile("\\\\u([0-9a-f]{4})");

    private Vectors() {}

    /** The cases of a file: its columns as arguments, the case's name first. */
    static Stream<Arguments> of(String file) {
        try (InputStream source = Objects.requireNonNull(Vectors.class.getResourceAsStream("/vectors/" + file))) {
            return new String(source.readAllBytes(), UTF_8)
                    .lines()
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .map(line -> Arguments.of((Object[]) line.split("\t", -1)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The payload that the column {@code carries} describes, encoded. */
    static byte[] encoded(FrameType type, String carries) {
        String[] parts = carries.split(":", 2);
        if (parts[0].equals("bytes")) {
            byte[] payload = bytes(parts[1]);
            return FrameEncoder.bytes(type, payload, 0, payload.length);
        }
        if (parts[0].equals("fields")) {
            return FrameEncoder.fields(type, fields(parts[1]));
        }
        String[] request = parts[1].split(":", 3);
        return FrameEncoder.request(
                type, Integer.parseInt(request[0]), Integer.parseInt(request[1]), fields(request[2]));
    }

    static List<String> fields(String text) {
        return Arrays.stream(text.split(",", -1)).map(Vectors::unescaped).toList();
    }

    private static String unescaped(String text) {
        return ESCAPE.matcher(text)
                .replaceAll(
                        match -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(match.group(1), 16))));
    }

    static byte[] bytes(String hexadecimal) {
        int star = hexadecimal.indexOf('*');
        int times = star < 0 ? 1 : Integer.parseInt(hexadecimal.substring(star + 1));
        byte[] once = HexFormat.of().parseHex(star < 0 ? hexadecimal : hexadecimal.substring(0, star));
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < times; i++) {
            all.writeBytes(once);
        }
        return all.toByteArray();
    }

    /** Receives some of the bytes that are left. */
    static FrameDecoder.Source source(ByteBuffer left, int maxBytes) {
        return space -> {
            if (!left.hasRemaining()) {
                return -1;
            }
            int count = Math.min(maxBytes, Math.min(left.remaining(), space.remaining()));
            space.put(left.slice(left.position(), count));
            left.position(left.position() + count);
            return count;
        };
    }
}
