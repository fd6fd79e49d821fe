package io.gangway.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.cli.server.Signals;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.Socket;
import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The program whose classes become {@link ClassData}: {@code gangway run} with an application of Python's own library, so that no code of the user's runs
 * a second time, and a few requests.
 *
 * <p>It listens on a free port of 127.0.0.1, and ends by itself: when it is done, or when its standard input ends.
 */
final class ClassDataTraining {
    /** Enough for the cache of JDK 25 to know which methods are called often. */
    private static final int REQUESTS = 500;

    private static final Pattern ADDRESS = Pattern.compile("Serving .* on (http://\\S+)");

    private ClassDataTraining() {}

    /**
     * Serves, asks and ends.
     *
     * @param arguments the Python interpreter
     */
    public static void main(String[] arguments) {
        daemon("gangway-class-data-input", ClassDataTraining::endWithInput);
        PrintStream out = new PrintStream(new Lines(), true, UTF_8);
        System.exit(new Gangway(out, System.err)
                .run(
                        "run",
                        "python:wsgiref.simple_server:demo_app",
                        "--bind=127.0.0.1:0",
                        "--workers=1",
                        "--python=" + arguments[0],
                        "--graceful-timeout=1s"));
    }

    private static void endWithInput() {
        try {
            while (System.in.read() >= 0) {
                // nothing is expected
            }
        } catch (IOException e) {
            // ends, too
        }
        Runtime.getRuntime().halt(1);
    }

    private static void daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** What the server prints: one of the lines has its address. */
    private static final class Lines extends OutputStream {
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        @Override
        public synchronized void write(int octet) {
            line.write(octet);
            if (octet == '\n') {
                Matcher serving = ADDRESS.matcher(line.toString(UTF_8));
                line.reset();
                if (serving.find()) {
                    URI address = URI.create(serving.group(1));
                    daemon("gangway-class-data-client", () -> ask(address));
                }
            }
        }
    }

    private static void ask(URI address) {
        byte[] request = ("GET / HTTP/1.1\r\nHost: " + address.getAuthority() + "\r\n\r\n").getBytes(ISO_8859_1);
        try (Socket client = new Socket(address.getHost(), address.getPort())) {
            byte[] answer = new byte[1 << 16];
            for (int i = 0; i < REQUESTS; i++) {
                client.getOutputStream().write(request);
                if (client.getInputStream().read(answer) < 0) {
                    break;
                }
            }
        } catch (IOException e) {
            // The classes that were loaded until then will do.
        }
        Signals.raise(Signals.Signal.TERM);
    }
}
