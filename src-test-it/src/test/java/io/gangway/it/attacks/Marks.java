package io.gangway.it.attacks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What the attacked applications have in common: where their files are, the journal, and the bytes that belong to a number. */
final class Marks {
    /** The system property with the directory of the journal. */
    static final String DIRECTORY = "attacked.directory";

    /** Milliseconds in which an application neither reads nor writes. */
    static final long SILENCE = 150;

    /** Milliseconds between two blocks, of bodies and of streams. */
    static final long PAUSE = 4;

    static final int BLOCK = 1 << 16;

    /** As {@link TestRequest#SMALL}, which a WAR has not. */
    static final int SMALL = 5_000;

    private final Path directory = Path.of(System.getProperty(DIRECTORY));
    private final FileChannel journal;

    Marks() throws IOException {
        journal = FileChannel.open(directory.resolve("journal"), StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    }

    Path file(String name) {
        return directory.resolve(name);
    }

    /** One write at the end of the file: lines of several processes do not mix. */
    void note(String event, int number) {
        try {
            journal.write(ByteBuffer.wrap((event + " " + number + "\n").getBytes(ISO_8859_1)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] pattern(int number, int size) {
        return pattern(number, 0, size);
    }

    /** A part of {@link TestRequest#pattern}, which a WAR has not. */
    static byte[] pattern(int number, int begin, int end) {
        byte[] unit = (number + ":").getBytes(ISO_8859_1);
        byte[] bytes = new byte[end - begin];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = unit[(begin + i) % unit.length];
        }
        return bytes;
    }
}
