package io.gangway.it.canaries;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/** The example {@code chat} over TLS: a browser's WebSocket is on the same connection of HTTP/2 as its page (RFC 8441). */
@OnServers(value = CanaryServer.RUN, only = true)
final class ChatOverHttp2IT extends CanaryTest {
    static final Canary CHAT = Canary.of("../../../../../examples/chat", "chat.app:app")
            // One worker: the room is in the memory of one.
            .with("gangway.workers", "1");

    ChatOverHttp2IT() {
        super(CHAT.named("chat-http2"));
    }

    @Override
    Canary prepare(Canary plain, CanaryServer on) throws IOException, InterruptedException {
        Files.deleteIfExists(accessLog());
        Certificate certificate = Certificate.in(Places.target().resolve("canaries-chat-http2"));
        return plain.with("gangway.cert", certificate.pem().toString())
                .with("gangway.access-log", accessLog().toString());
    }

    @Test
    void a_person_talks_over_http_2() throws Exception {
        talk(URI.create(deployed().base() + "/"), "screenshots-chat-http2");
        await("the line of the WebSocket in the access log")
                .atMost(Duration.ofSeconds(60))
                .until(() -> Files.readString(accessLog()).lines().anyMatch(ChatOverHttp2IT::isWebSocket));
    }

    static void talk(URI page, String screenshots) throws IOException {
        try (Chromium ann = new Chromium(Places.target().resolve(screenshots))) {
            ann.driver().get(page.toString());
            ann.find(By.id("name")).sendKeys("ann", Keys.TAB);
            ann.awaitTrue("socket.readyState === WebSocket.OPEN && socket.url.endsWith('name=ann')");
            String text = "I am over HTTP/2 ☕ ".repeat(40).strip();
            ann.driver().executeScript("socket.send(arguments[0])", text);
            ann.awaitText(By.cssSelector("#messages li:last-child"), "ann: " + text);
        }
    }

    private static boolean isWebSocket(String line) {
        return line.contains("\"CONNECT ") && line.contains("name=ann HTTP/2\" 200 ");
    }

    private static Path accessLog() {
        return Places.target().resolve("canaries-chat-http2.access.log");
    }
}
