package io.gangway.it.canaries;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program that ran to its end.
 *
 * @param arguments the command
 * @param status its exit status
 * @param output its output on both streams
 */
record Command(List<String> arguments, int status, String output) {
    /** Max wait: far longer than the slowest command, a pip that fetches all packages. */
    private static final Duration MAX_WAIT = Duration.ofMinutes(5);

    /** Runs it; throws an IOException if there is no such program. */
    static Command run(Path directory, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile("output", ".txt");
        try {
            ProcessBuilder builder = new ProcessBuilder(arguments)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            process.getOutputStream().close();
            if (!process.waitFor(MAX_WAIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            return new Command(List.of(arguments), process.exitValue(), Files.readString(output, UTF_8));
        } finally {
            Files.delete(output);
        }
    }

    Command succeeded() {
        if (status != 0) {
            throw new AssertionError(this);
        }
        return this;
    }

    @Override
    public String toString() {
        return String.join(" ", arguments) + "\nexited with " + status + " and wrote:\n" + output;
    }
}
