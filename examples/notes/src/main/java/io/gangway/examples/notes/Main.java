package io.gangway.examples.notes;

import io.gangway.servlet.jetty.GatewayServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.NoSuchElementException;

/** Serves notes: {@code java -jar notes.jar [--port 8080] [--data notes-data]}. */
public final class Main {
    record Options(int port, Path data) {
        static Options parse(String... args) {
            int port = 8080;
            Path data = Path.of("notes-data");
            Deque<String> rest = new ArrayDeque<>(List.of(args));
            while (!rest.isEmpty()) {
                switch (rest.remove()) {
                    case "--port" -> port = Integer.parseInt(rest.remove());
                    case "--data" -> data = Path.of(rest.remove());
                    default -> throw new IllegalArgumentException();
                }
            }
            return new Options(port, data);
        }
    }

    private Main() {}

    public static void main(String[] args) throws Exception {
        try {
            Options options = Options.parse(args);
            serve(options);
        } catch (IllegalArgumentException | NoSuchElementException e) {
            System.err.println("usage: notes [--port 0-65535] [--data FOLDER]");
            System.exit(2);
        } catch (IOException e) {
            System.err.println("notes did not start: " + e.getMessage());
            System.exit(1);
        }
    }

    private static void serve(Options options) throws Exception {
        try (Site site = Site.open(options.data(), Clock.systemUTC());
                GatewayServer server =
                        GatewayServer.of(site).port(options.port()).start()) {
            System.out.println("Serving notes on " + server.uri() + "  (Ctrl-C stops)");
            server.join();
        }
    }
}
