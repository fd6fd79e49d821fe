package io.gangway.it;

import io.gangway.asgi.AsgiApplication;
import io.gangway.it.launch.Mappings;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** An unmodified distribution of a container, unpacked by the build, with a directory of its own for web applications. */
public abstract class Distribution {
    /** Puts a test's files into the directory before the container starts. */
    @FunctionalInterface
    public interface Preparation {
        /**
         * Called once.
         *
         * @param base the container's directory, with its configuration and an empty {@code webapps}
         */
        void prepare(Path base) throws IOException;
    }

    private static final String CONTRACT = "class:io.gangway.it.contract.ContractApplication";

    private final Path home;
    private final String name;

    private Distribution(String folder, String name) {
        this.home = ContractTable.target().resolve("distributions").resolve(folder);
        this.name = name;
    }

    /** The Tomcat 11 that the build has unpacked. */
    public static Distribution tomcat11() {
        return Backends.TOMCAT_11;
    }

    /** The Tomcat 10.1 that the build has unpacked. */
    public static Distribution tomcat10() {
        return Backends.TOMCAT_10;
    }

    /** The Jetty that the build has unpacked, with its environment for the same servlets as Tomcat 10.1. */
    public static Distribution jettyEe10() {
        return Backends.JETTY_EE10;
    }

    /** The same Jetty, with its environment for the same servlets as Tomcat 11. */
    public static Distribution jettyEe11() {
        return Backends.JETTY_EE11;
    }

    static Distribution tomcat(String version) {
        return new Tomcat("apache-tomcat-" + version, "tomcat-" + version, false);
    }

    /** A Jetty with one of its environments: {@code ee10} or {@code ee11}. */
    static Distribution jetty(String version, String environment) {
        return new Jetty("jetty-home-" + version, environment, false);
    }

    /** The same, with a virtual thread for each request; only on JDK 21 or later. */
    abstract Distribution onVirtualThreads();

    /** The log line that tells that the container serves. */
    abstract Pattern ready();

    /** The log lines with the ports, in the order of the connectors. */
    abstract Pattern port();

    /** Waits until the container serves, and returns its ports. */
    public final List<Integer> ports(ServerProcess process) {
        process.awaitLine(ready());
        return process.lines().stream()
                .map(port()::matcher)
                .filter(Matcher::find)
                .map(line -> Integer.valueOf(line.group(1)))
                .toList();
    }

    /** Starts it with the WAR deployed under {@code /ctx} or, as it was built, under {@code /hello}. */
    final ServerProcess start(boolean contract) throws IOException {
        return contract
                // A system property wins over the init-param of web.xml.
                ? start("contract", List.of("-Dgangway.application=" + CONTRACT), Distribution::deployContract)
                : start("hello", List.of(), base -> Files.copy(Wars.hello(), base.resolve("webapps/hello.war")));
    }

    /** Starts it with an application of the cases about ASGI under {@code /ctx}. */
    final ServerProcess startAsgi(Class<? extends AsgiApplication> application, int maxMessage) throws IOException {
        return start(
                "asgi-" + application.getSimpleName(),
                List.of(
                        "-Dgangway.application=class:" + application.getName(),
                        "-Dgangway.ws-max-message=" + maxMessage),
                base -> {
                    addWebSockets(base);
                    Wars.withContract(base.resolve("webapps/ctx.war"), "");
                });
    }

    /** Adds what the container needs for WebSockets, if it has none by default. */
    abstract void addWebSockets(Path base) throws IOException;

    /** Makes the container take the client's address from what a proxy says in X-Forwarded-For. */
    abstract void addProxies(Path base) throws IOException;

    private static void deployContract(Path base) throws IOException {
        Path webapps = base.resolve("webapps");
        Wars.withContract(webapps.resolve("ctx.war"), "");
        Wars.withContract(webapps.resolve("m-distributable.war"), "<distributable/>");
        Wars.withContract(webapps.resolve("m-proxied.war"), Wars.contextParams(Mappings.PROXY_SETTINGS));
    }

    /**
     * Starts it in a new directory.
     *
     * @param purpose names the directory
     * @param options options of the JVM, which win over the container's own
     * @param preparation prepares the directory
     */
    public final ServerProcess start(String purpose, List<String> options, Preparation preparation) throws IOException {
        return start(purpose, options, Map.of(), preparation);
    }

    /** The same with further environment variables. */
    public final ServerProcess start(
            String purpose, List<String> options, Map<String, String> environment, Preparation preparation)
            throws IOException {
        Path base = ContractTable.target().resolve(name + "-" + purpose);
        deleteTree(base);
        Files.createDirectories(base.resolve("webapps"));
        configure(base);
        preparation.prepare(base);
        List<String> arguments = new ArrayList<>();
        arguments.add("-javaagent:" + Wars.watchAgent());
        arguments.addAll(properties(base));
        arguments.addAll(options);
        arguments.addAll(program());
        return ServerProcess.start(base, arguments, environment);
    }

    @Override
    public final String toString() {
        return name;
    }

    final Path home() {
        return home;
    }

    abstract void configure(Path base) throws IOException;

    abstract List<String> properties(Path base);

    abstract List<String> program();

    private static void deleteTree(Path root) throws IOException {
        if (Files.exists(root)) {
            try (Stream<Path> files = Files.walk(root)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** Its server.xml is unchanged except the ports, and a second connector with the settings that the docs name. */
    private static final class Tomcat extends Distribution {
        private final String folder;
        private final boolean isVirtual;

        Tomcat(String folder, String name, boolean isVirtual) {
            super(folder, name);
            this.folder = folder;
            this.isVirtual = isVirtual;
        }

        @Override
        Distribution onVirtualThreads() {
            return new Tomcat(folder, this + "-virtual", true);
        }

        @Override
        Pattern ready() {
            return Pattern.compile("Server startup in");
        }

        @Override
        Pattern port() {
            return Pattern.compile("Starting ProtocolHandler \\[\"http-nio-127\\.0\\.0\\.1-auto-\\d+-(\\d+)\"\\]");
        }

        @Override
        void configure(Path base) throws IOException {
            Path conf = Files.createDirectories(base.resolve("conf"));
            for (String folder : List.of("logs", "temp", "work")) {
                Files.createDirectories(base.resolve(folder));
            }
            try (Stream<Path> files = Files.list(home().resolve("conf"))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Files.copy(file, conf.resolve(file.getFileName()));
                }
            }
            Path serverXml = conf.resolve("server.xml");
            String shipped = Files.readString(serverXml);
            String own = isVirtual ? " useVirtualThreads=\"true\"" : "";
            String documented = "<Connector" + own + " port=\"0\" address=\"127.0.0.1\" protocol=\"HTTP/1.1\""
                    + " encodedSolidusHandling=\"decode\" encodedReverseSolidusHandling=\"passthrough\""
                    + " continueResponseTiming=\"onRead\"/>";
            String changed = shipped.replace("<Server port=\"8005\"", "<Server port=\"-1\"")
                    .replaceFirst(
                            "<Connector port=\"8080\" protocol=\"HTTP/1.1\"",
                            documented + "\n<Connector" + own
                                    + " port=\"0\" address=\"127.0.0.1\" protocol=\"HTTP/1.1\"");
            Files.writeString(serverXml, changed);
        }

        @Override
        void addWebSockets(Path base) {
            // it has them
        }

        @Override
        void addProxies(Path base) throws IOException {
            Path contextXml = base.resolve("conf/context.xml");
            String valve = "<Context><Valve className=\"org.apache.catalina.valves.RemoteIpValve\"/>";
            Files.writeString(contextXml, Files.readString(contextXml).replace("<Context>", valve));
        }

        @Override
        List<String> properties(Path base) {
            return List.of(
                    "-Dcatalina.home=" + home(),
                    "-Dcatalina.base=" + base,
                    "-Djava.io.tmpdir=" + base.resolve("temp"),
                    "-Djava.util.logging.config.file=" + base.resolve("conf/logging.properties"),
                    "-Djava.util.logging.manager=org.apache.juli.ClassLoaderLogManager");
        }

        @Override
        List<String> program() {
            return List.of(
                    "-cp",
                    home().resolve("bin/bootstrap.jar") + File.pathSeparator + home().resolve("bin/tomcat-juli.jar"),
                    "org.apache.catalina.startup.Bootstrap",
                    "start");
        }
    }

    /** Starts Jetty with the modules that its documentation names for a WAR. */
    private static final class Jetty extends Distribution {
        private final String folder;
        private final String environment;
        private final boolean isVirtual;

        Jetty(String folder, String environment, boolean isVirtual) {
            super(folder, folder + "-" + environment + (isVirtual ? "-virtual" : ""));
            this.folder = folder;
            this.environment = environment;
            this.isVirtual = isVirtual;
        }

        @Override
        Distribution onVirtualThreads() {
            return new Jetty(folder, environment, true);
        }

        @Override
        Pattern ready() {
            return Pattern.compile("Started oejs\\.Server@");
        }

        @Override
        Pattern port() {
            return Pattern.compile("Started oejs\\.ServerConnector@.*\\{127\\.0\\.0\\.1:(\\d+)\\}");
        }

        @Override
        void configure(Path base) throws IOException {
            Path modules = Files.createDirectories(base.resolve("start.d"));
            Files.writeString(
                    modules.resolve("http.ini"), "--module=http\njetty.http.host=127.0.0.1\njetty.http.port=0\n");
            Files.writeString(modules.resolve("deploy.ini"), "--module=" + environment + "-deploy\n");
            if (isVirtual) {
                Files.writeString(modules.resolve("threads.ini"), "--module=threadpool-virtual\n");
            }
        }

        @Override
        void addWebSockets(Path base) throws IOException {
            Files.writeString(
                    base.resolve("start.d/websocket.ini"),
                    "--module=" + environment + "-websocket-jakarta\n--module=http2c\n"); // with RFC 8441
        }

        @Override
        void addProxies(Path base) throws IOException {
            Files.writeString(base.resolve("start.d/forwarded.ini"), "--module=http-forwarded\n");
        }

        @Override
        List<String> properties(Path base) {
            return List.of("-Djetty.base=" + base);
        }

        @Override
        List<String> program() {
            return List.of("-jar", home().resolve("start.jar").toString());
        }
    }
}
