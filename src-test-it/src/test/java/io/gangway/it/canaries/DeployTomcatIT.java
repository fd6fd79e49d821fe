package io.gangway.it.canaries;

import static java.nio.charset.StandardCharsets.UTF_8;
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
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The configurations of docs/deploy-tomcat.md and docs/deploy-docker.md, as they are in docs/deploy. */
class DeployTomcatIT {
    private static final Duration MAX_WAIT = Duration.ofMinutes(2);
    private static final Path DOCS = Places.target().resolveSibling("../docs").normalize();
    private static final Path FILES = DOCS.resolve("deploy");

    private static final String SHOP = """
            import os

            def app(environ, start_response):
                start_response("200 OK", [("Content-Type", "text/plain")])
                return [" ".join(["%s", environ.get("REMOTE_USER", "-"), os.environ.get("DATABASE_URL", "-")]).encode()]
            """;

    @TempDir
    private Path folder;

    private Path war(String word) throws IOException, InterruptedException {
        VirtualEnvironment.FRAMEWORKS.root(); // skips the test where there is no Python
        Path sources = Files.createDirectories(folder.resolve("sources-" + word));
        Files.writeString(sources.resolve("shop.py"), SHOP.formatted(word));
        return CarriedWar.build(sources, folder.resolve(word + ".war"), "shop:app", "--setting", "workers=1");
    }

    private static HttpResponse<String> get(int port, String path, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(MAX_WAIT);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    }

    private static int port(ServerProcess process) {
        List<Integer> ports = Distribution.tomcat11().ports(process);
        return ports.get(ports.size() - 1);
    }

    @Test
    void the_pages_show_the_files_that_are_tested() throws Exception {
        String pages =
                Files.readString(DOCS.resolve("deploy-tomcat.md")) + Files.readString(DOCS.resolve("deploy-docker.md"));
        try (Stream<Path> files = Files.walk(FILES)) {
            List<Path> ours = files.filter(file -> file.toString().matches(".*/deploy/(tomcat|docker)/[^/]+"))
                    .toList();
            assertThat(ours)
                    .hasSizeGreaterThanOrEqualTo(7)
                    .allSatisfy(file -> assertThat(pages).contains("\n" + Files.readString(file) + "```"));
        }
    }

    @Test
    void settings_of_one_web_application_and_of_all_replace_those_of_the_war() throws Exception {
        Path war = war("settings");
        Path setenv = FILES.resolve("tomcat/setenv.sh");
        String option = output(". \"$0\" && printf %s \"$CATALINA_OPTS\"", setenv);
        ServerProcess process = Distribution.tomcat11().start("settings", List.of(option), base -> {
            Files.copy(war, base.resolve("webapps/shop.war"));
            Path contexts = Files.createDirectories(base.resolve("conf/Catalina/localhost"));
            Files.copy(FILES.resolve("tomcat/shop.xml"), contexts.resolve("shop.xml"));
        });
        try {
            HttpResponse<String> answer = get(port(process), "/shop/");

            assertThat(answer.body()).isEqualTo("settings - postgresql:///shop");
            assertThat(answer.headers().firstValue("X-Request-ID")).isPresent();
            assertThat(Deployed.descendants(process))
                    .as("a launcher and two workers")
                    .hasSize(3);
        } finally {
            process.stop();
        }
    }

    private static String output(String script, Path argument) throws IOException {
        Process shell = new ProcessBuilder("sh", "-c", script, argument.toString()).start();
        return new String(shell.getInputStream().readAllBytes(), UTF_8).strip();
    }

    /** A service has often no locale. */
    @ParameterizedTest
    @ValueSource(strings = {"C", "setenv.sh"})
    void text_that_is_not_ascii_needs_the_locale_that_the_page_names(String locale) throws Exception {
        Path war = war("locale");
        String named = output("unset LC_ALL; . \"$0\" && printf %s \"$LC_ALL\"", FILES.resolve("tomcat/setenv.sh"));
        ServerProcess process = Distribution.tomcat11()
                .start("locale", List.of(), Map.of("LC_ALL", locale.equals("C") ? locale : named), base -> {
                    Files.copy(war, base.resolve("webapps/shop.war"));
                    Path contexts = Files.createDirectories(base.resolve("conf/Catalina/localhost"));
                    Files.writeString(contexts.resolve("shop.xml"), """
                            <?xml version="1.0" encoding="UTF-8"?>
                            <Context failCtxIfServletStartFails="true">
                              <Parameter name="gangway.python-path" value="/gr\u00f6\u00dfe" override="false"/>
                              <Parameter name="gangway.env.DATABASE_URL" value="K\u00f6ln" override="false"/>
                            </Context>
                            """);
                });
        try {
            HttpResponse<String> answer = get(port(process), "/shop/");
            if (locale.equals("C")) {
                assertThat(answer.statusCode()).isEqualTo(404);
                assertThat(String.join("\n", process.lines()))
                        .contains(
                                "cannot be used as a path: the JVM was started in a locale whose charset is ANSI_X3.4-1968."
                                        + " Fix: start it with the environment variable LC_ALL=C.UTF-8");
            } else {
                assertThat(answer.body()).isEqualTo("locale - K\u00f6ln");
            }
        } finally {
            process.stop();
        }
    }

    @Test
    void the_user_who_logged_in_reaches_the_application() throws Exception {
        Path war = war("login");
        ServerProcess process = Distribution.tomcat11().start("login", List.of(), base -> {
            Files.copy(war, base.resolve("webapps/shop.war"));
            Path webXml = base.resolve("conf/web.xml");
            String login = Files.readString(FILES.resolve("tomcat/login.xml"));
            Files.writeString(webXml, Files.readString(webXml).replace("</web-app>", login + "</web-app>"));
            Files.copy(
                    FILES.resolve("tomcat/tomcat-users.xml"),
                    base.resolve("conf/tomcat-users.xml"),
                    StandardCopyOption.REPLACE_EXISTING);
        });
        try {
            int port = port(process);
            String ada = "Basic " + Base64.getEncoder().encodeToString("ada:change-this".getBytes(UTF_8));

            assertThat(get(port, "/shop/").statusCode()).isEqualTo(401);
            assertThat(get(port, "/shop/").headers().firstValue("WWW-Authenticate"))
                    .hasValueSatisfying(value -> assertThat(value).startsWith("Basic realm=\"Shop\""));
            assertThat(get(port, "/shop/", "Authorization", ada).body()).isEqualTo("login ada -");
        } finally {
            process.stop();
        }
    }

    @Test
    void a_new_version_is_deployed_beside_the_old_one_and_no_request_fails() throws Exception {
        Path first = war("first");
        Path second = war("second");
        Path[] webapps = new Path[1];
        ServerProcess process = Distribution.tomcat11().start("parallel", List.of(), base -> {
            webapps[0] = base.resolve("webapps");
            Files.copy(first, webapps[0].resolve("shop##1.war"));
            Path serverXml = base.resolve("conf/server.xml");
            Files.writeString(
                    serverXml,
                    Files.readString(serverXml)
                            .replace(
                                    "<Engine name=\"Catalina\"",
                                    "<Engine name=\"Catalina\" backgroundProcessorDelay=\"1\"")
                            .replace(
                                    "<Host name=\"localhost\"",
                                    "<Host undeployOldVersions=\"true\" name=\"localhost\""));
        });
        try {
            int port = port(process);
            assertThat(get(port, "/shop/").body()).startsWith("first ");
            List<Integer> statuses = new ArrayList<>();

            Files.move(
                    Files.copy(second, webapps[0].resolveSibling("new.war")),
                    webapps[0].resolve("shop##2.war"),
                    StandardCopyOption.ATOMIC_MOVE);
            await().atMost(MAX_WAIT).until(() -> {
                HttpResponse<String> answer = get(port, "/shop/");
                statuses.add(answer.statusCode());
                return answer.body().startsWith("second ");
            });
            await().atMost(MAX_WAIT).until(() -> {
                statuses.add(get(port, "/shop/").statusCode());
                return !Files.exists(webapps[0].resolve("shop##1.war"));
            });

            assertThat(statuses).isNotEmpty().containsOnly(200);
            assertThat(get(port, "/shop/").body()).startsWith("second ");
        } finally {
            process.stop();
        }
    }

    @Test
    void logrotate_empties_what_the_jvm_prints_while_it_prints() throws Exception {
        Path program = Path.of("/usr/sbin/logrotate");
        if (!Files.exists(program)) {
            throw Missing.onThisMachine("there is no logrotate: install Debian's logrotate");
        }
        Path log = Files.createDirectories(folder.resolve("tomcat11")).resolve("catalina.out");
        Files.writeString(log, "a line\n");
        Path configuration = folder.resolve("catalina.logrotate");
        Files.writeString(
                configuration,
                Files.readString(FILES.resolve("tomcat/catalina.logrotate")).replace("/var/log", folder.toString()));
        try (var open = Files.newOutputStream(log, StandardOpenOption.APPEND)) {
            Process rotated = new ProcessBuilder(
                            program.toString(),
                            "--force",
                            "--state",
                            folder.resolve("state").toString(),
                            configuration.toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(rotated.getInputStream().readAllBytes(), UTF_8);
            assertThat(rotated.waitFor()).as(said).isZero();
            open.write("another line\n".getBytes(UTF_8));
        }
        assertThat(log).hasContent("another line\n");
        assertThat(log.resolveSibling("catalina.out.1.gz")).exists();
    }

    /** Docker's file for Tomcat: its only steps are a package of Debian's and a copy. */
    @Test
    void the_image_with_tomcat_has_python_and_the_war() throws Exception {
        List<String> steps = Files.readAllLines(FILES.resolve("docker/Dockerfile.tomcat"));
        Path programs = Files.createDirectories(folder.resolve("programs"));
        Path calls = folder.resolve("calls");
        for (String name : List.of("apt-get", "rm")) {
            Path program = programs.resolve(name);
            Files.writeString(program, "#!/bin/sh\necho " + name + " \"$*\" >>" + calls + "\n");
            assertThat(program.toFile().setExecutable(true)).isTrue();
        }
        assertThat(steps).hasSize(3);
        assertThat(steps.get(0)).isEqualTo("FROM tomcat:11.0-jre21-temurin-noble");
        ProcessBuilder run =
                new ProcessBuilder("/bin/sh", "-f", "-c", steps.get(1).replaceFirst("^RUN ", ""));
        run.environment().put("PATH", programs.toString());
        assertThat(run.start().waitFor()).isZero();
        assertThat(calls)
                .hasContent(
                        "apt-get update\napt-get install -y --no-install-recommends python3\nrm -rf /var/lib/apt/lists/*\n");

        assertThat(steps.get(2)).isEqualTo("COPY shop.war webapps/");
        Path war = war("image");
        ServerProcess process = Distribution.tomcat11()
                .start("image", List.of(), base -> Files.copy(war, base.resolve("webapps/shop.war")));
        try {
            assertThat(get(port(process), "/shop/").body()).startsWith("image ");
        } finally {
            process.stop();
        }
    }
}
