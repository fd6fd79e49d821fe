package io.gangway.python.supervisor;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The launcher's process. Its output goes to a file, which needs no thread to read and keeps nobody waiting. */
final class Launcher {
    /** Seconds for a launcher to end by itself, whose connection was closed: it kills its children first. */
    private static final long END_SECONDS = 3;

    /** Bytes of output that are read at once. */
    private static final int PIECE = 32 << 10;

    final String token;

    @Nullable
    Link link;
    /** What FAILED said. */
    @Nullable
    List<String> failure;

    private final Process process;
    private final File output;
    private final WorkerLog log;
    private final LineSplitter lines;
    private long read;

    private Launcher(String token, Process process, File output) {
        this.token = token;
        this.process = process;
        this.output = output;
        this.log = new WorkerLog("[python launcher " + process.pid() + "]");
        this.lines = new LineSplitter(log::stderr);
    }

    static Launcher start(Plan plan, Path directory, Path workerPackage, Path socket, String token) throws IOException {
        File output =
                directory.resolve("launcher-" + token.substring(0, 8) + ".log").toFile();
        Process process = Interpreter.processBuilder(plan, plan.python(), workerPackage.toString())
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
        Launcher launcher = new Launcher(token, process, output);
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write((configuration(plan, socket, token) + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            launcher.log.stderr(
                    "the configuration could not be written: " + e); // it ended at once; its output says why
        }
        return launcher;
    }

    private static String configuration(Plan plan, Path socket, String token) {
        Map<String, Object> configuration = new TreeMap<>();
        configuration.put("socket", socket.toString());
        configuration.put("token", token);
        configuration.put("application", plan.application());
        configuration.put("threads", plan.threads());
        configuration.put("python_path", plan.pythonPath());
        configuration.put("preload", plan.isPreloaded());
        plan.directory().ifPresent(directory -> configuration.put("chdir", directory.toString()));
        return Json.object(configuration);
    }

    long pid() {
        return process.pid();
    }

    WorkerLog log() {
        return log;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** How it ended, in words. */
    String end() {
        return process.isAlive() ? "closed its connection" : "ended with status " + process.exitValue();
    }

    /** Passes on what it has printed since the last time. */
    void readOutput() throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(output, "r")) {
            file.seek(read);
            byte[] piece = new byte[PIECE];
            for (int count = file.read(piece); count > 0; count = file.read(piece)) {
                read += count;
                lines.feed(Arrays.copyOf(piece, count));
            }
        }
        if (!process.isAlive()) {
            lines.end();
        }
    }

    /** Waits for its end, and ends it if it takes too long. For threads that may wait. */
    void awaitEnd() {
        try {
            if (process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kill();
    }

    void kill() {
        process.destroyForcibly();
    }
}
