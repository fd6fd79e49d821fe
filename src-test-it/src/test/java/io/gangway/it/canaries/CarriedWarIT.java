package io.gangway.it.canaries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.it.Distribution;
import io.gangway.it.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** WARs with a Flask application and its packages, in every distribution, packed and exploded. */
final class CarriedWarIT {
    private static final String SHOP = """
            import os
            from flask import Flask, request

            app = Flask(__name__)

            @app.get("/where")
            def where():
                return " ".join(["%s", request.script_root, os.environ.get("COLOUR", "-"), os.getcwd()])
            """;

    private static final Duration MAX_WAIT = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    static Stream<Distribution> distributions() {
        return Stream.of(
                Distribution.tomcat10(), Distribution.tomcat11(), Distribution.jettyEe10(), Distribution.jettyEe11());
    }

    private Path war(String word, String... options) throws IOException, InterruptedException {
        Path sources = Files.createDirectories(folder.resolve("sources"));
        Files.writeString(sources.resolve("shop.py"), SHOP.formatted(word));
        Files.writeString(Files.createDirectories(sources.resolve("public")).resolve("word.txt"), word);
        String[] all = Stream.concat(
                        Stream.of(
                                "--venv",
                                VirtualEnvironment.FRAMEWORKS.root().toString(),
                                "--static=/static=public",
                                "--setting",
                                "workers=1",
                                "--setting",
                                "env.COLOUR=blue"),
                        Stream.of(options))
                .toArray(String[]::new);
        return CarriedWar.build(sources, folder.resolve(word + ".war"), "shop:app", all);
    }

    private static void explode(Path war, Path directory) throws IOException {
        try (ZipFile zip = new ZipFile(war.toFile())) {
            for (ZipEntry entry : zip.stream().map(ZipEntry.class::cast).toList()) {
                Path file = directory.resolve(entry.getName());
                Files.createDirectories(file.getParent());
                Files.copy(zip.getInputStream(entry), file);
            }
        }
    }

    private static HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(MAX_WAIT)
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }

    private static int port(Distribution distribution, ServerProcess process) {
        List<Integer> ports = distribution.ports(process);
        return ports.get(ports.size() - 1);
    }

    @ParameterizedTest
    @MethodSource("distributions")
    void runs_packed_and_exploded_and_twice_in_one_container(Distribution distribution) throws Exception {
        Path war = war("hello");
        ServerProcess process = distribution.start("carried", List.of(), base -> {
            Files.copy(war, base.resolve("webapps/shop.war"));
            Files.copy(war, base.resolve("webapps/second.war"));
            explode(war, base.resolve("webapps/open"));
        });
        Set<ProcessHandle> workers;
        try {
            int port = port(distribution, process);
            String first = get(port, "/shop/where").body();
            String second = get(port, "/second/where").body();
            assertThat(first).matches("hello /shop blue /.*/gangway-application-[0-9a-f]{32}/app");
            assertThat(second).matches("hello /second blue /.*/gangway-application-[0-9a-f]{32}/app");
            assertThat(first.substring(first.lastIndexOf(' ')))
                    .as("each web application has its own directory")
                    .isNotEqualTo(second.substring(second.lastIndexOf(' ')));
            assertThat(get(port, "/open/where").body()).startsWith("hello /open blue /");
            assertThat(get(port, "/shop/static/word.txt").body()).isEqualTo("hello");
            assertThat(get(port, "/open/static/missing.txt").statusCode()).isEqualTo(404);
            workers = Deployed.descendants(process);
            assertThat(workers).hasSizeGreaterThanOrEqualTo(6);
        } finally {
            process.stop();
        }
        await().atMost(MAX_WAIT).until(() -> workers.stream().noneMatch(ProcessHandle::isAlive));
        assertThat(process.lines()).noneMatch(line -> line.contains("SEVERE") || line.contains("Exception"));
    }

    @Test
    void a_war_that_is_replaced_while_it_serves_is_deployed_again() throws Exception {
        Path first = war("first");
        Path second = war("second");
        Distribution tomcat = Distribution.tomcat11();
        Path[] webapps = new Path[1];
        ServerProcess process = tomcat.start("replaced", List.of(), base -> {
            webapps[0] = base.resolve("webapps");
            Files.copy(first, webapps[0].resolve("shop.war"));
            Path serverXml = base.resolve("conf/server.xml");
            String engine = "<Engine name=\"Catalina\"";
            Files.writeString(
                    serverXml, Files.readString(serverXml).replace(engine, engine + " backgroundProcessorDelay=\"1\""));
        });
        try {
            int port = port(tomcat, process);
            String before = get(port, "/shop/where").body();
            Set<ProcessHandle> old = Deployed.descendants(process);
            assertThat(before).startsWith("first /shop ");

            Files.move(
                    Files.copy(second, webapps[0].resolveSibling("new.war")),
                    webapps[0].resolve("shop.war"),
                    StandardCopyOption.ATOMIC_MOVE);

            await().atMost(MAX_WAIT)
                    .ignoreExceptions()
                    .untilAsserted(
                            () -> assertThat(get(port, "/shop/where").body()).startsWith("second /shop "));
            await().atMost(MAX_WAIT).until(() -> old.stream().noneMatch(ProcessHandle::isAlive));
            assertThat(Path.of(before.substring(before.lastIndexOf(' ') + 1))).doesNotExist();
        } finally {
            process.stop();
        }
    }

    @Test
    void a_missing_interpreter_is_one_error_with_the_remedy_and_clients_get_404() throws Exception {
        VirtualEnvironment.FRAMEWORKS.root();
        Path venv = folder.resolve("venv");
        Path packages = Files.createDirectories(venv.resolve("lib/python3.99/site-packages"));
        Files.writeString(packages.resolve("shop.py"), "");
        Path python = Files.createDirectories(venv.resolve("bin")).resolve("python");
        Files.createFile(python);
        assertThat(python.toFile().setExecutable(true)).isTrue();
        Path war = CarriedWar.build(folder, folder.resolve("late.war"), "shop:app", "--venv", venv.toString());
        Distribution tomcat = Distribution.tomcat10();

        ServerProcess process =
                tomcat.start("mismatch", List.of(), base -> Files.copy(war, base.resolve("webapps/late.war")));
        try {
            int port = port(tomcat, process);
            assertThat(get(port, "/late/").statusCode()).isEqualTo(404);
            assertThat(process.lines())
                    .filteredOn(line -> line.contains("step interpreter"))
                    .singleElement()
                    .asString()
                    .contains("step interpreter: the WAR needs Python 3.99; there is no python3.99 on the path")
                    .contains(
                            ". Fix: install Python 3.99, or name it in gangway.python, or build the WAR for the Python that is"
                                    + " there: gangway war --python-version 3.");
        } finally {
            process.stop();
        }
    }
}
