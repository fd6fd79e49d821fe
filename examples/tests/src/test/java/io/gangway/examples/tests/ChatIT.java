package io.gangway.examples.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two visitors of the chat. */
class ChatIT {
    private static RunningProgram program;

    @BeforeAll
    static void start() throws Exception {
        program = RunningProgram.startServe("chat", "--context-path=/talks");
    }

    @AfterAll
    static void stop() {
        if (program != null) {
            program.close();
        }
    }

    @Test
    void each_message_goes_to_all_and_to_those_who_come_later() throws Exception {
        Visitor ann = new Visitor("ann");
        Visitor bob = new Visitor("bob");
        ann.socket.sendText("is anybody here?", true).join();
        String expected = "{\"name\":\"ann\",\"text\":\"is anybody here?\"}";
        assertThat(ann.next()).isEqualTo(expected);
        assertThat(bob.next()).isEqualTo(expected);
        assertThat(new Visitor("eve").next()).isEqualTo(expected);
    }

    @Test
    void another_sites_page_is_refused() {
        assertThatThrownBy(() -> new Visitor("eve", "https://evil.example"))
                .hasCauseInstanceOf(WebSocketHandshakeException.class);
    }

    @Test
    void the_page_connects_below_its_path() throws Exception {
        assertThat(program.get("/talks/").body()).contains("new URL(\"talk\", location.href");
    }

    private static final class Visitor implements WebSocket.Listener {
        private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        private final WebSocket socket;

        Visitor(String name, String... origin) {
            WebSocket.Builder builder = HttpClient.newHttpClient().newWebSocketBuilder();
            for (String each : origin) {
                builder.header("Origin", each);
            }
            URI target = URI.create(program.address()
                    .resolve("/talks/talk?name=" + name)
                    .toString()
                    .replaceFirst("^http", "ws"));
            socket = builder.buildAsync(target, this).join();
        }

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            heard.add(data.toString());
            from.request(1);
            return null;
        }

        String next() throws InterruptedException {
            return heard.poll(60, TimeUnit.SECONDS);
        }
    }
}
