package io.gangway.cli;

import io.gangway.deploy.DeploymentException;
import io.gangway.deploy.Settings;
import io.gangway.exchange.Step;
import io.gangway.middleware.AccessLog;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/** The file or stream that {@code --access-log} writes to; the owner closes it. */
final class AccessLogTarget implements AutoCloseable {
    private static final String STANDARD_OUTPUT = "-";

    private final Optional<PrintStream> lines;

    private AccessLogTarget(Optional<PrintStream> lines) {
        this.lines = lines;
    }

    /**
     * Opens the file or stream that the setting names; new lines are appended to a file.
     *
     * @throws DeploymentException if it cannot be written
     */
    static AccessLogTarget open(Settings settings, PrintStream standardOutput) {
        Optional<String> target = settings.find(ServerSettings.ACCESS_LOG);
        return new AccessLogTarget(
                target.map(name -> name.equals(STANDARD_OUTPUT) ? standardOutput : file(Path.of(name))));
    }

    private static PrintStream file(Path path) {
        try {
            OutputStream file = Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            return new PrintStream(file, true, StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new DeploymentException("--access-log: " + path + " cannot be written: " + e
                    + ". Fix: name a file that this user may write to");
        }
    }

    /** The step that writes the access log; none if there is none. */
    List<Step> steps() {
        return lines
                .<Step>map(stream ->
                        AccessLog.to((String line) -> stream.println(line)).build())
                .stream()
                .toList();
    }

    @Override
    public void close() {
        lines.filter(stream -> stream != System.out).ifPresent(PrintStream::close);
    }
}
