package io.gangway.it;

import io.gangway.asgi.AsgiApplication;
import io.gangway.it.client.RawConnection;
import io.gangway.it.contract.AsgiContractApplication;
import io.gangway.it.contract.Case.Transport;
import io.gangway.it.contract.ContractApplication;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A server embedded in a main class of {@code io.gangway.it.launch}. */
final class EmbeddedBackend extends ProcessBackend {
    /** Requests at the same time: those of one case, its journal, and one of a client that was left open. */
    private static final int PYTHON_THREADS = 8;

    private final String mainClass;
    private final String tomcat;
    /** The main class's arguments after the working directory. */
    private List<String> application = List.of("gangway.application=class:" + ContractApplication.class.getName());

    private String work;
    private @Nullable TlsKeys tls;

    private EmbeddedBackend(String name, String mainClass, String tomcat) {
        super(name, "");
        this.mainClass = mainClass;
        this.tomcat = tomcat;
        this.work = "work-" + mainClass + tomcat;
    }

    static EmbeddedBackend jetty(String name) {
        return new EmbeddedBackend(name, "EmbeddedJetty", "");
    }

    /** A Tomcat whose jars the build has copied into a directory. */
    static EmbeddedBackend tomcat(String name, String directory) {
        return new EmbeddedBackend(name, "EmbeddedTomcat", directory);
    }

    /** Serves the same applications by way of ASGI. */
    EmbeddedBackend onAsgi() {
        application = List.of("gangway.application=class:" + AsgiContractApplication.class.getName());
        work += "-asgi";
        return this;
    }

    /** Serves an application of the cases about ASGI. */
    EmbeddedBackend serving(Class<? extends AsgiApplication> type) {
        application = List.of("gangway.application=class:" + type.getName());
        work += "-" + type.getSimpleName();
        return this;
    }

    /** Serves its twin in one process of CPython. */
    EmbeddedBackend servingPython(String module) {
        List<String> arguments = new ArrayList<>(Python.settings());
        arguments.add("gangway.application=python:" + module + ":application");
        arguments.add("gangway.workers=1");
        application = arguments;
        work += "-" + module;
        return this;
    }

    /** Serves the twins of the contract's applications in one process, because the journal is in its memory. */
    EmbeddedBackend onCPython(boolean linted) {
        List<String> arguments = new ArrayList<>(Python.settings());
        arguments.add("gangway.application=python:contract:application");
        arguments.add("gangway.workers=1");
        arguments.add("gangway.threads=" + PYTHON_THREADS);
        if (linted) {
            arguments.add("linted");
        }
        application = arguments;
        work += linted ? "-python-linted" : "-python";
        return this;
    }

    /** Deploys with one more setting. */
    EmbeddedBackend with(String setting, String value) {
        List<String> arguments = new ArrayList<>(application);
        arguments.add("gangway." + setting + "=" + value);
        application = arguments;
        work += "-" + setting + "-" + value;
        return this;
    }

    @Override
    public void start() throws Exception {
        if (application.stream().anyMatch(argument -> argument.startsWith("gangway.python="))) {
            Python.assumeThere();
        }
        super.start();
    }

    @Override
    ServerProcess launch() throws Exception {
        Path directory = Files.createDirectories(ContractTable.target().resolve(work));
        tls = TlsKeys.make(directory);
        String classPath = tomcat.isEmpty() ? jettyClassPath() : tomcatClassPath();
        List<String> arguments =
                new ArrayList<>(List.of("-cp", classPath, "io.gangway.it.launch." + mainClass, directory.toString()));
        arguments.addAll(application);
        return ServerProcess.start(directory, arguments);
    }

    @Override
    Ports ready(ServerProcess started) {
        Matcher line = started.awaitLine(Pattern.compile("^READY port=(\\d+) mounts=(\\d+) tls=(\\d+)$"));
        return new Ports(
                Integer.parseInt(line.group(1)), Integer.parseInt(line.group(2)), Integer.parseInt(line.group(3)));
    }

    /** The other deployments share the application, and so the journal, with the default mount point. */
    @Override
    Place journal(Place asked, Place ordinary) {
        return ordinary;
    }

    @Override
    RawConnection connect(int port, Transport transport) throws IOException {
        return transport == Transport.PLAIN
                ? new RawConnection(port)
                : RawConnection.tls(
                        port, Objects.requireNonNull(tls).context(transport == Transport.TLS_WITH_CERTIFICATE));
    }

    /** The server of GatewayServer is beside the one with TLS, which has web applications like any other Jetty. */
    @Override
    String tlsBase() {
        return tomcat.isEmpty() ? "/m-star" : base();
    }

    @Override
    public void stop() throws Exception {
        super.stop();
        process().awaitLine(Pattern.compile("^STOPPED threads=\\[\\]$"));
    }

    /** This JVM's class path without Tomcat: each server must find its own servlet API. */
    static String jettyClassPath() {
        return entries().filter(entry -> !entry.contains("tomcat")).collect(Collectors.joining(File.pathSeparator));
    }

    private String tomcatClassPath() {
        return tomcatClassPath(tomcat);
    }

    /** Our own modules, and a Tomcat whose jars the build has copied into a directory. */
    static String tomcatClassPath(String tomcat) {
        File[] jars = Objects.requireNonNull(
                ContractTable.target().resolve(tomcat).toFile().listFiles(),
                "run the build up to pre-integration-test");
        return Stream.concat(
                        entries().filter(EmbeddedBackend::isOurs),
                        Arrays.stream(jars).map(File::getPath))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static Stream<String> entries() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator));
    }

    /** Our own modules, as directories or jars. */
    private static boolean isOurs(String entry) {
        return Stream.of("bridge-core", "bridge-servlet", "bridge-python", "src-test-it")
                .anyMatch(entry::contains);
    }
}
