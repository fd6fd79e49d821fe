package io.gangway.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server in a process of its own, whose output is its log.
 *
 * <p>It ends when its standard input ends: by {@link #stop}, or because this JVM has ended.
 */
public final class ServerProcess {
    private static final long MAX_WAIT_SECONDS = 90;
    private static final int SHOWN_LINES = 40;

    private final Process process;
    private final Thread reader;
    private final List<String> lines = new ArrayList<>();

    private ServerProcess(Process process) {
        this.process = process;
        this.reader = new Thread(this::readLines, "log of process " + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts a JVM with these arguments. */
    public static ServerProcess start(Path directory, List<String> arguments) throws IOException {
        return start(directory, arguments, Map.of());
    }

    /** The same with further environment variables. */
    static ServerProcess start(Path directory, List<String> arguments, Map<String, String> environment)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx256m");
        command.add("-XX:TieredStopAtLevel=1");
        command.add("-Dfile.encoding=UTF-8");
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        return new ServerProcess(builder.start());
    }

    /** As {@link #start}, for a program that would not end with its standard input. */
    public static ServerProcess startWatched(Path directory, List<String> arguments) throws IOException {
        List<String> all = new ArrayList<>();
        all.add("-javaagent:" + Wars.watchAgent());
        all.addAll(arguments);
        return start(directory, all);
    }

    /** Waits for a line of the log. */
    public Matcher awaitLine(Pattern pattern) {
        return awaitLine(0, pattern);
    }

    /** Waits for a line of the log after so many others. */
    public Matcher awaitLine(int after, Pattern pattern) {
        Predicate<String> found = line -> pattern.matcher(line).find();
        if (!await(after, found)) {
            throw new AssertionError("no line " + pattern + " in the log:\n" + tail());
        }
        Matcher matcher =
                pattern.matcher(lines(after).stream().filter(found).findFirst().orElseThrow());
        if (!matcher.find()) {
            throw new IllegalStateException("the pattern matched before");
        }
        return matcher;
    }

    /** Whether a line comes within the max wait, while the process lives. */
    public boolean await(Predicate<String> wanted) {
        return await(0, wanted);
    }

    /** As {@link #await(Predicate)}, without the first lines. */
    public synchronized boolean await(int after, Predicate<String> wanted) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(MAX_WAIT_SECONDS);
        while (lines.stream().skip(after).noneMatch(wanted)) {
            long nanos = deadline - System.nanoTime();
            if (nanos <= 0 || !reader.isAlive()) {
                return false;
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, nanos);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    /** The log until now. */
    public synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    /** The log until now, without the first lines. */
    public synchronized List<String> lines(int after) {
        return List.copyOf(lines.subList(after, lines.size()));
    }

    /** The log's end, for messages. */
    public String tail() {
        List<String> all = lines();
        return String.join("\n", all.subList(Math.max(0, all.size() - SHOWN_LINES), all.size()));
    }

    /** The process id. */
    public long pid() {
        return process.pid();
    }

    /** Stops the server; its log is complete afterwards. */
    public void stop() throws IOException, InterruptedException {
        process.getOutputStream().close();
        if (!process.waitFor(MAX_WAIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new AssertionError("the server did not stop by itself:\n" + tail());
        }
        reader.join(TimeUnit.SECONDS.toMillis(MAX_WAIT_SECONDS));
    }

    private void readLines() {
        try (BufferedReader log = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            for (String line = log.readLine(); line != null; line = log.readLine()) {
                add(line);
            }
        } catch (IOException e) {
            add("the log cannot be read: " + e);
        }
        synchronized (this) {
            notifyAll();
        }
    }

    private synchronized void add(String line) {
        lines.add(line);
        notifyAll();
    }
}
