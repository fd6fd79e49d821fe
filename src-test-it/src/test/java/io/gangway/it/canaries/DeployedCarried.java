package io.gangway.it.canaries;

import io.gangway.it.Distribution;
import io.gangway.it.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A canary in a WAR that {@code gangway war} has built of its code and the virtual environment, in a server of its own. */
final class DeployedCarried extends DeployedAlone {
    private static final String JETTY_CONTEXT = """
            <?xml version="1.0"?>
            <!DOCTYPE Configure PUBLIC "-//Jetty//Configure//EN" "https://jetty.org/configure_10_0.dtd">
            <Configure class="org.eclipse.jetty.%s.webapp.WebAppContext">
              <Set name="contextPath">%s</Set>
              <Set name="war">%s</Set>
            </Configure>
            """;

    /** The canary of the last WAR: the servers of one canary come one after the other. */
    private static @Nullable Canary lastBuilt;

    private DeployedCarried(Path temporary, ServerProcess process, URI base) {
        super(temporary, process, base);
    }

    static DeployedCarried in(Distribution distribution, Canary canary) throws IOException, InterruptedException {
        Path war = war(canary);
        Path temporary = Places.temporary();
        ServerProcess process =
                distribution.start("carried-" + canary.name(), List.of("-Djava.io.tmpdir=" + temporary), directory -> {
                    Path webapps = directory.resolve("webapps");
                    String name = distribution.toString();
                    if (name.contains("jetty")) {
                        String environment = name.contains("ee11") ? "ee11" : "ee10";
                        Files.writeString(
                                directory.resolve("start.d/websocket.ini"),
                                "--module=" + environment + "-websocket-jakarta\n");
                        Files.writeString(
                                webapps.resolve(canary.name() + ".xml"),
                                JETTY_CONTEXT.formatted(environment, canary.contextPath(), war));
                    } else {
                        Files.copy(
                                war,
                                webapps.resolve(
                                        canary.contextPath().substring(1).replace('/', '#') + ".war"));
                    }
                });
        List<Integer> ports = distribution.ports(process);
        return new DeployedCarried(
                temporary,
                process,
                URI.create("http://127.0.0.1:" + ports.get(ports.size() - 1) + canary.contextPath()));
    }

    /** Builds the WAR, unless it has been built for another server. */
    static synchronized Path war(Canary canary) throws IOException, InterruptedException {
        if (!Objects.equals(canary, lastBuilt)) {
            lastBuilt = null; // also if this fails
            build(canary);
            lastBuilt = canary;
        }
        return file(canary);
    }

    private static Path file(Canary canary) {
        return Places.target().resolve("canaries-war").resolve(canary.name() + ".war");
    }

    private static void build(Canary canary) throws IOException, InterruptedException {
        Path sources = Places.empty(Places.target().resolve("canaries-war").resolve(canary.name()));
        copy(canary.sources(), sources);
        copy(Places.sources().resolve("shared"), sources);
        Map<String, String> settings = new HashMap<>(canary.settings());
        settings.putIfAbsent("gangway.workers", "2");
        settings.putIfAbsent("gangway.threads", "4");
        List<String> options = new ArrayList<>(
                List.of("--include", ".", "--venv", canary.environment().root().toString()));
        settings.forEach((name, value) -> options.addAll(List.of("--setting", name + "=" + value)));
        CarriedWar.build(sources, file(canary), canary.application(), options.toArray(String[]::new));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            // An example's own virtual environment is in its target.
            List<Path> sources = files.filter(Files::isRegularFile)
                    .filter(file -> !from.relativize(file).startsWith("target"))
                    .toList();
            for (Path file : sources) {
                Path target = to.resolve(from.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
    }
}
