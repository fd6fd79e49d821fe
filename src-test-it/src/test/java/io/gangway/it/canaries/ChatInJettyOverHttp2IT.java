package io.gangway.it.canaries;

import static org.awaitility.Awaitility.await;

import io.gangway.it.Distribution;
import io.gangway.it.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The example {@code chat} as a WAR in Jetty's distribution with TLS and HTTP/2: there, browsers open WebSockets in no other way (RFC 8441). */
final class ChatInJettyOverHttp2IT {
    private static final Pattern TLS =
            Pattern.compile("Started oejs\\.ServerConnector@.*\\{SSL, .*\\{127\\.0\\.0\\.1:(\\d+)\\}");

    @ParameterizedTest
    @ValueSource(strings = {"ee10", "ee11"})
    void a_person_talks_over_http_2(String environment) throws Exception {
        Path war = DeployedCarried.war(ChatOverHttp2IT.CHAT.named("chat-in-jetty"));
        Certificate certificate = Certificate.in(Places.target().resolve("canaries-chat-in-jetty"));
        Distribution jetty = environment.equals("ee10") ? Distribution.jettyEe10() : Distribution.jettyEe11();
        Path[] base = new Path[1];
        ServerProcess process = jetty.start("chat-http2", List.of(), directory -> {
            base[0] = directory;
            Files.copy(war, directory.resolve("webapps/chat.war"));
            Files.createDirectories(directory.resolve("logs"));
            Files.writeString(directory.resolve("start.d/tls.ini"), """
                    --module=%s-websocket-jakarta
                    --module=http2
                    --module=requestlog
                    jetty.ssl.host=127.0.0.1
                    jetty.ssl.port=0
                    jetty.sslContext.keyStorePath=%s
                    jetty.sslContext.keyStorePassword=%s
                    """.formatted(
                            environment, certificate.store(), Certificate.PASSWORD));
        });
        try {
            jetty.ports(process); // when it serves
            String port = process.awaitLine(TLS).group(1);
            URI page = URI.create("https://127.0.0.1:" + port + "/chat/");
            ChatOverHttp2IT.talk(page, "screenshots-chat-in-jetty-" + environment);
            await("the line of the WebSocket in Jetty's log")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> logged(base[0].resolve("logs")).anyMatch(ChatInJettyOverHttp2IT::isWebSocket));
        } finally {
            process.stop();
        }
    }

    private static Stream<String> logged(Path logs) throws IOException {
        try (Stream<Path> files = Files.list(logs)) {
            StringBuilder all = new StringBuilder();
            for (Path file : files.toList()) {
                all.append(Files.readString(file));
            }
            return all.toString().lines();
        }
    }

    private static boolean isWebSocket(String line) {
        return line.contains("\"CONNECT ") && line.contains("name=ann HTTP/2.0\" 200 ");
    }
}
