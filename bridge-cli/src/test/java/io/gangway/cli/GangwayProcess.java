package io.gangway.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The built jar as a process of its own; it and its child processes are ended when the test is over. */
final class GangwayProcess implements AutoCloseable {
    private static final Path JAR = Path.of("target/gangway.jar").toAbsolutePath();
    private static final Pattern READY = Pattern.compile("Serving \\S+ on (\\S+?)(?:, \\S+)*  \\(Ctrl-C stops\\)");
    private static final Duration MAX_WAIT = Duration.ofSeconds(60);

    private final Process process;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final List<ProcessHandle> descendants = new ArrayList<>();
    private final CompletableFuture<URI> ready = new CompletableFuture<>();
    private final Thread reader;

    private GangwayProcess(Process process) {
        this.process = process;
        this.reader = new Thread(this::read, "output of gangway");
        reader.start();
    }

    /** Starts the process in a directory, and does not wait for it. */
    static GangwayProcess start(Path directory, String... arguments) throws IOException {
        return start(directory, List.of(JAR.toString()), arguments);
    }

    /** Starts the process as {@code java -jar}, or under another program. */
    static GangwayProcess start(Path directory, List<String> program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(program);
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().remove("VIRTUAL_ENV");
        builder.environment().put("XDG_CACHE_HOME", "/dev/null"); // class data is ClassDataIT's matter
        return new GangwayProcess(builder.start());
    }

    static Path jar() {
        return JAR;
    }

    private void read() {
        try (BufferedReader output = process.inputReader(UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                lines.add(line);
                Matcher matcher = READY.matcher(line);
                if (matcher.matches()) {
                    ready.complete(URI.create(matcher.group(1)));
                }
            }
        } catch (IOException e) {
            lines.add("(the output could not be read: " + e + ")");
        }
        ready.completeExceptionally(new AssertionError("it ended before it was ready:\n" + output()));
    }

    /** Waits until the process has printed that it serves. */
    URI address() throws Exception {
        URI address = ready.get(MAX_WAIT.toSeconds(), TimeUnit.SECONDS);
        process.descendants().forEach(descendants::add);
        return address;
    }

    String output() {
        return String.join("\n", lines) + "\n";
    }

    /** Waits until the process has ended. */
    int exitCode() throws InterruptedException, TimeoutException {
        if (!process.waitFor(MAX_WAIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new TimeoutException("it goes on:\n" + output());
        }
        reader.join();
        return process.exitValue();
    }

    void signal(String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    long pid() {
        return process.pid();
    }

    /** The child processes that it had when it was ready, and that still run. */
    long leftOver() {
        return descendants.stream().filter(ProcessHandle::isAlive).count();
    }

    CompletableFuture<HttpResponse<String>> get(String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(address().resolve(path))
                .timeout(MAX_WAIT)
                .build();
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .build()
                .sendAsync(request, BodyHandlers.ofString());
    }

    @Override
    public void close() {
        process.descendants().forEach(descendants::add);
        process.destroyForcibly();
        process.onExit().orTimeout(MAX_WAIT.toSeconds(), TimeUnit.SECONDS).join();
        descendants.forEach(ProcessHandle::destroyForcibly);
    }
}
