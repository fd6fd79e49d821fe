package io.gangway.examples.tests;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/** An example's program in its own process, on a free port; it is stopped after the test. */
final class RunningProgram implements AutoCloseable {
    /** The folder of all examples: Maven runs tests in their module's folder. */
    static final Path EXAMPLES = Path.of("..").toAbsolutePath().normalize();

    private static final Pattern ADDRESS = Pattern.compile("Serving \\S+ on (\\S+)  \\(Ctrl-C stops\\)");
    /** The exit code of examples/python-environment if Python, its venv module or the network is missing. */
    private static final int UNAVAILABLE = 69;

    private static final Duration MAX_WAIT = Duration.ofSeconds(60);

    private final Process process;
    private final URI address;

    private RunningProgram(Process process, URI address) {
        this.process = process;
        this.address = address;
    }

    /** The result of a program that has ended: exit code, and standard output and error together. */
    record Ended(int exitCode, String output) {}

    /** Starts a jar of an example: {@code java -jar EXAMPLES/jar arguments --port 0}. */
    static RunningProgram start(String jar, String... arguments) throws IOException, InterruptedException {
        return start(java(jar, arguments, 0));
    }

    /** Starts an example's own {@code serve}, which makes a virtual environment first; skips the test where it cannot. */
    static RunningProgram startServe(String example, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("./" + example + "/serve", "0"));
        command.addAll(List.of(options));
        return start(command);
    }

    private static RunningProgram start(List<String> command) throws IOException, InterruptedException {
        Process process = process(command);
        StringBuilder output = new StringBuilder();
        BufferedReader reader = process.inputReader(UTF_8);
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            Matcher matcher = ADDRESS.matcher(line);
            if (matcher.matches()) {
                return new RunningProgram(process, URI.create(matcher.group(1)));
            }
            output.append(line).append('\n');
        }
        boolean isUnavailable = process.waitFor() == UNAVAILABLE && System.getenv("CI") == null;
        Assumptions.assumeFalse(isUnavailable, () -> "this machine lacks something: " + output);
        throw new AssertionError(command + " ended without an address:\n" + output);
    }

    /** Runs a jar of an example that is expected to end by itself. */
    static Ended runToEnd(int port, String jar, String... arguments) throws IOException, InterruptedException {
        return runToEnd(java(jar, arguments, port));
    }

    /** Runs a command that is expected to end by itself. */
    static Ended runToEnd(List<String> command) throws IOException, InterruptedException {
        Process process = process(command);
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Ended(process.waitFor(), output);
    }

    private static Process process(List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .directory(EXAMPLES.toFile())
                .redirectErrorStream(true)
                .start();
    }

    private static List<String> java(String jar, String[] arguments, int port) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-jar");
        command.add(jar);
        command.addAll(List.of(arguments));
        command.addAll(List.of("--port", Integer.toString(port)));
        return command;
    }

    URI address() {
        return address;
    }

    HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(address.resolve(path)), headers);
    }

    HttpResponse<String> post(String path, String form, String... headers) throws IOException, InterruptedException {
        return send(
                HttpRequest.newBuilder(address.resolve(path))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString(form)),
                headers);
    }

    /** Redirects are not followed. */
    private static HttpResponse<String> send(HttpRequest.Builder request, String... headers)
            throws IOException, InterruptedException {
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HttpClient.newHttpClient().send(request.timeout(MAX_WAIT).build(), BodyHandlers.ofString());
    }

    /** Stops the program as a service manager does, and waits until it is gone. */
    @Override
    public void close() {
        process.destroy();
        process.onExit().orTimeout(MAX_WAIT.toSeconds(), TimeUnit.SECONDS).join();
    }
}
