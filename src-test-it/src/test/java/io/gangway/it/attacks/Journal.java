package io.gangway.it.attacks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * What the applications write into one file, a line for each event: {@code begun NUMBER}, {@code silent NUMBER}, {@code ended NUMBER},
 * {@code wrong NUMBER}. Used by many threads.
 */
final class Journal implements AutoCloseable {
    /** Milliseconds between two looks into the file. */
    private static final long PERIOD = 5;

    private final FileChannel file;
    private final Thread reader = new Thread(this::follow, "attacks-journal");
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final Map<String, Integer> events = new HashMap<>();
    private final Set<Integer> open = new TreeSet<>();
    private final Set<String> faults = new HashSet<>();
    private int begun;

    Journal(Path path) throws IOException {
        file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.READ);
        reader.setDaemon(true);
        reader.start();
    }

    private void follow() {
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        try {
            while (!Thread.currentThread().isInterrupted()) {
                if (file.read(buffer.clear()) > 0) {
                    take(buffer.flip());
                } else {
                    TimeUnit.MILLISECONDS.sleep(PERIOD);
                }
            }
        } catch (InterruptedException e) {
            // closed
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private synchronized void take(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            byte next = bytes.get();
            if (next == '\n') {
                note(line.toString(ISO_8859_1));
                line.reset();
            } else {
                line.write(next);
            }
        }
        notifyAll();
    }

    private void note(String event) {
        int times = events.merge(event, 1, Integer::sum);
        if (times > 1 || event.startsWith("wrong ")) {
            faults.add(event + (times > 1 ? ", " + times + " times" : ""));
        }
        int blank = event.indexOf(' ');
        Integer number = Integer.valueOf(event.substring(blank + 1));
        if (event.startsWith("begun ")) {
            begun++;
            open.add(number);
        } else if (event.startsWith("ended ") && !open.remove(number)) {
            faults.add(event + " without a begin");
        }
    }

    /** Waits until the application has read a request, as long as it is called for it at all. */
    synchronized void awaitSilence(int number, Duration limit) throws IOException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!events.containsKey("silent " + number)) {
            long nanos = deadline - System.nanoTime();
            if (nanos <= 0 || events.containsKey("ended " + number)) {
                boolean hasBegun = events.containsKey("begun " + number);
                throw new IOException("the application has not read the request: it was called "
                        + (hasBegun ? "once" : "never") + (nanos <= 0 ? "; waited " + limit : ", and has raised"));
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, nanos);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }

    /** How many calls of an application have begun. */
    synchronized int begun() {
        return begun;
    }

    /** The numbers of calls that have not ended: whose application neither raised, nor had its iterable closed. */
    synchronized Set<Integer> open() {
        return new TreeSet<>(open);
    }

    /** Events that must not happen: the same one twice, and bodies that the application got wrong. */
    synchronized List<String> faults() {
        return faults.stream().sorted().toList();
    }

    @Override
    public void close() throws IOException {
        reader.interrupt();
        file.close();
    }
}
