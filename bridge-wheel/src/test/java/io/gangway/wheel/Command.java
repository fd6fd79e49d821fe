package io.gangway.wheel;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/** A program as a user runs it, with the environment variables of the test alone. */
final class Command implements AutoCloseable {
    static final String PYTHON = "python3";

    private static final Pattern READY = Pattern.compile("Serving \\S+ on (\\S+)  \\(Ctrl-C stops\\)");
    private static final Duration MAX_WAIT = Duration.ofSeconds(60);

    private final Process process;
    private final URI address;
    private final String firstLines;

    private Command(Process process, URI address, String firstLines) {
        this.process = process;
        this.address = address;
        this.firstLines = firstLines;
    }

    /** The result of a program that has ended: exit code, and standard output and error together. */
    record Ended(int exitCode, String output) {}

    /** Skips the test where there is no Python; in CI that is a failure. */
    static void assumePython() throws InterruptedException {
        boolean isThere;
        try {
            isThere = new ProcessBuilder(PYTHON, "-c", "import ensurepip, venv")
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            isThere = false;
        }
        assume(isThere, "this machine has no " + PYTHON + " with venv");
    }

    /** Skips the test where a condition does not hold; in CI that is a failure. */
    static void assume(boolean condition, String message) {
        if (!condition && System.getenv("CI") != null) {
            throw new AssertionError(message);
        }
        Assumptions.assumeTrue(condition, message);
    }

    static Ended runToEnd(Path directory, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        Process process = start(directory, environment, command);
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Ended(process.waitFor(), output);
    }

    /** Starts a server, and waits until it has printed its address. */
    static Command serve(Path directory, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        Process process = start(directory, environment, command);
        StringBuilder output = new StringBuilder();
        BufferedReader reader = process.inputReader(UTF_8);
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            output.append(line).append('\n');
            Matcher matcher = READY.matcher(line);
            if (matcher.matches()) {
                return new Command(process, URI.create(matcher.group(1)), output.toString());
            }
        }
        throw new AssertionError(command + " ended with " + process.waitFor() + ":\n" + output);
    }

    private static Process start(Path directory, Map<String, String> environment, List<String> command)
            throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().keySet().removeAll(List.of("JAVA_HOME", "JAVA_OPTS", "VIRTUAL_ENV", "PYTHONPATH"));
        builder.environment().put("XDG_CACHE_HOME", "/dev/null"); // no class data in the home directory
        builder.environment().putAll(environment);
        return builder.start();
    }

    String firstLines() {
        return firstLines;
    }

    ProcessHandle process() {
        return process.toHandle();
    }

    String get(String path) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(address.resolve(path)).timeout(MAX_WAIT).build();
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .build()
                .send(request, BodyHandlers.ofString())
                .body();
    }

    /** Sends the signal, and waits for the end. */
    Ended signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
        String rest = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Ended(process.waitFor(), rest);
    }

    @Override
    public void close() {
        List<ProcessHandle> descendants = process.descendants().toList();
        process.destroyForcibly();
        process.onExit().orTimeout(MAX_WAIT.toSeconds(), TimeUnit.SECONDS).join();
        descendants.forEach(ProcessHandle::destroyForcibly);
    }
}
