package io.gangway.examples.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.examples.tests.RunningProgram.Ended;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A module of a user's, with what Maven gives a project that depends on bridge-servlet. */
class ModulePathIT {
    private static final Path LIBRARIES = RunningProgram.EXAMPLES.resolve("embedded-jetty/target/lib");

    @TempDir
    private Path folder;

    @Test
    void a_module_that_requires_core_compiles() throws Exception {
        assertThat(compile("module shop { requires io.gangway.core; }", """
                        package shop;
                        public class Main {
                            static final io.gangway.wsgi.GatewayApplication APP = (environ, startResponse) -> {
                                startResponse.start("204 No Content", java.util.List.of());
                                return java.util.List.of();
                            };
                        }
                        """)).isEmpty();
    }

    @Test
    void a_module_embeds_jetty_as_the_readme_says() throws Exception {
        assertThat(compile("module shop { requires io.gangway.servlet; }", """
                        package shop;
                        import io.gangway.servlet.jetty.GatewayServer;
                        import io.gangway.wsgi.Header;
                        import java.util.List;
                        public class Main {
                            public static void main(String[] args) throws Exception {
                                try (GatewayServer server = GatewayServer.of((environ, startResponse) -> {
                                    startResponse.start("200 OK", List.of(new Header("Content-Type", "text/plain")));
                                    return List.of("from a module".getBytes());
                                }).port(0).start(); var body = server.uri().toURL().openStream()) {
                                    System.out.println("the body: " + new String(body.readAllBytes()));
                                }
                            }
                        }
                        """)).isEmpty();

        Ended ended = RunningProgram.runToEnd(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--module-path",
                LIBRARIES + ":" + folder.resolve("classes"),
                "--add-modules",
                "org.eclipse.jetty.ee10.servlet,org.eclipse.jetty.http2.server",
                "--module",
                "shop/shop.Main"));

        assertThat(ended.output()).contains("the body: from a module\n");
        assertThat(ended.exitCode()).isZero();
    }

    /** Returns what the compiler says beside its status. */
    private String compile(String module, String main) throws Exception {
        Path sources = Files.createDirectories(folder.resolve("sources/shop"));
        Files.writeString(sources.resolveSibling("module-info.java"), module);
        Files.writeString(sources.resolve("Main.java"), main);
        StringWriter said = new StringWriter();
        int status = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(
                        new PrintWriter(said),
                        new PrintWriter(said),
                        "--module-path",
                        LIBRARIES.toString(),
                        "-d",
                        folder.resolve("classes").toString(),
                        sources.resolveSibling("module-info.java").toString(),
                        sources.resolve("Main.java").toString());
        assertThat(status).as(said.toString()).isZero();
        return said.toString();
    }
}
