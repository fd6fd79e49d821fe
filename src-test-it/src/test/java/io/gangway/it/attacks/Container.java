package io.gangway.it.attacks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.it.Distribution;
import io.gangway.it.GatewayWar;
import io.gangway.it.Python;
import io.gangway.it.ServerProcess;
import io.gangway.it.attacks.Mount.Application;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Scanner;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A container that is attacked, as a process of its own: it speaks HTTP/1.1 and h2c on one port, and waits only shortly for clients. */
enum Container {
    EMBEDDED_JETTY(null) {
        @Override
        ServerProcess start(Path directory) throws IOException {
            List<String> arguments = new ArrayList<>(List.of(
                    "-D" + Marks.DIRECTORY + "=" + directory,
                    "-cp",
                    jettyClassPath(),
                    "io.gangway.it.launch.EmbeddedJetties",
                    Long.toString(IDLE_MILLIS)));
            for (Application application : Application.values()) {
                arguments.add(settings(application, directory).entrySet().stream()
                        .map(setting -> setting.getKey() + "=" + setting.getValue())
                        .collect(Collectors.joining("\n")));
            }
            return ServerProcess.start(directory, arguments);
        }

        @Override
        List<Mount> mounts(ServerProcess process) {
            String ports = process.awaitLine(Pattern.compile("^READY ports=([0-9 ]+)$"))
                    .group(1);
            List<Mount> mounts = new ArrayList<>();
            try (Scanner scanner = new Scanner(ports)) {
                for (Application application : Application.values()) {
                    mounts.add(new Mount(application, scanner.nextInt(), ""));
                }
            }
            return mounts;
        }

        /** This JVM's class path without Tomcat: Jetty must find its own servlet API. */
        private String jettyClassPath() {
            return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                    .filter(entry -> !entry.contains("tomcat"))
                    .collect(Collectors.joining(File.pathSeparator));
        }
    },
    JETTY(Distribution::jettyEe10) {
        @Override
        void configure(Path base) throws IOException {
            Files.writeString(base.resolve("start.d/websocket.ini"), "--module=ee10-websocket-jakarta\n");
            Files.writeString(
                    base.resolve("start.d/attacks.ini"),
                    "--module=http2c\njetty.http.idleTimeout=" + IDLE_MILLIS + "\n");
        }
    },
    TOMCAT_10(Distribution::tomcat10) {
        @Override
        void configure(Path base) throws IOException {
            configureTomcat(base);
        }
    },
    TOMCAT_11(Distribution::tomcat11) {
        @Override
        void configure(Path base) throws IOException {
            configureTomcat(base);
        }
    };

    /** How long a container waits for a client that neither sends nor reads: far longer than an honest client needs on a busy machine. */
    static final long IDLE_MILLIS = 5_000;

    @SuppressWarnings("ImmutableEnumChecker") // it has no state
    private final @Nullable Supplier<Distribution> distribution;

    Container(@Nullable Supplier<Distribution> distribution) {
        this.distribution = distribution;
    }

    /**
     * Starts it with every application.
     *
     * @param directory with the applications' journal
     */
    ServerProcess start(Path directory) throws IOException {
        return distribution().start("attacks", List.of("-D" + Marks.DIRECTORY + "=" + directory), base -> {
            configure(base);
            for (Application application : Application.values()) {
                GatewayWar.of(settings(application, directory))
                        .with(AttackedFunction.class)
                        .with(AttackedAsgi.class)
                        .with(Marks.class)
                        .write(base.resolve("webapps/" + name(application) + ".war"));
            }
        });
    }

    /** Waits until it serves. */
    List<Mount> mounts(ServerProcess process) {
        List<Integer> ports = distribution().ports(process);
        int port = ports.get(ports.size() - 1);
        return Arrays.stream(Application.values())
                .map(application -> new Mount(application, port, "/" + name(application)))
                .toList();
    }

    /**
     * Whether a fault is the container's own: if an HTTP/2 stream is reset between two reads of a body without a length, Tomcat gives the application the end of
     * the body, and nothing tells that it is not. README's limits say so.
     */
    boolean cutsShort(String fault) {
        return (this == TOMCAT_10 || this == TOMCAT_11)
                && fault.contains("(HTTP_2, ")
                && fault.contains(", without a length]");
    }

    void configure(Path base) throws IOException {
        throw new IllegalStateException("not a distribution: " + base);
    }

    private Distribution distribution() {
        return Objects.requireNonNull(distribution).get();
    }

    private static String name(Application application) {
        return application.name().toLowerCase(Locale.ROOT);
    }

    static Map<String, String> settings(Application application, Path directory) {
        return application.settings(Map.of(
                "gangway.python", Python.COMMAND,
                "gangway.python-path", modules().toString(),
                "gangway.env.ATTACKED_DIRECTORY", directory.toString()));
    }

    private static Path modules() {
        return Path.of(System.getProperty("test.it.target")).resolve("test-classes/attacks");
    }

    static void configureTomcat(Path base) throws IOException {
        Path serverXml = base.resolve("conf/server.xml");
        String shipped = Files.readString(serverXml);
        String limits = Stream.of(
                        "readTimeout", "writeTimeout", "keepAliveTimeout", "streamReadTimeout", "streamWriteTimeout")
                .map(limit -> " " + limit + "=\"" + IDLE_MILLIS + "\"")
                .collect(Collectors.joining());
        // Bodies in small frames, and a reset on a new connection, would be taken for a flood.
        String floods = Stream.of(
                        "overheadDataThreshold",
                        "overheadContinuationThreshold",
                        "overheadWindowUpdateThreshold",
                        "overheadResetFactor")
                .map(limit -> " " + limit + "=\"0\"")
                .collect(Collectors.joining());
        String changed = shipped.replaceFirst(
                "connectionTimeout=\"20000\"\\s+redirectPort=\"8443\"([^>]*)/>",
                "connectionTimeout=\"" + IDLE_MILLIS + "\"$1><UpgradeProtocol"
                        + " className=\"org.apache.coyote.http2.Http2Protocol\"" + limits + floods + "/></Connector>");
        if (changed.equals(shipped)) {
            throw new IOException("no such connector in " + serverXml);
        }
        Files.writeString(serverXml, changed, UTF_8);
    }
}
