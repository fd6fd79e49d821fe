package io.gangway.it.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.it.client.Http2Answer;
import io.gangway.it.client.Http2Connection;
import io.gangway.it.client.Http2Connection.GoneAwayException;
import io.gangway.it.client.Http2Frame;
import io.gangway.it.client.RawConnection;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A client that floods an HTTP/2 connection loses it, and other clients are not affected. */
final class Http2FloodsIT {
    /** RFC 9113, section 7. */
    private static final int ENHANCE_YOUR_CALM = 0xb;

    private static final int CANCEL = 0x8;

    /** A number far above any limit, but sent within two seconds. */
    private static final int MANY = 20_000;

    private static final int AT_ONCE = 50;

    private static final GatewayApplication APPLICATION = (environ, startResponse) -> {
        int size = environ.string("QUERY_STRING").isEmpty() ? 5 : Integer.parseInt(environ.string("QUERY_STRING"));
        startResponse.start("200 OK", List.of(new Header("Content-Type", "text/plain")));
        return List.of(new byte[size]);
    };

    private Served served;

    @BeforeEach
    void serve() throws IOException {
        served = Served.java(APPLICATION, "");
    }

    @AfterEach
    void stop() {
        served.close();
    }

    /** Frames that cost a client nearly nothing. */
    enum Flood {
        RAPID_RESET {
            @Override
            void send(Http2Connection connection) throws IOException {
                int stream = connection.request("GET", "/");
                connection.send(Http2Frame.ofInt(Http2Frame.RST_STREAM, stream, CANCEL));
            }
        },
        PING {
            @Override
            void send(Http2Connection connection) throws IOException {
                connection.send(new Http2Frame(Http2Frame.PING, 0, 0, new byte[8]));
            }
        },
        SETTINGS {
            @Override
            void send(Http2Connection connection) throws IOException {
                connection.send(new Http2Frame(Http2Frame.SETTINGS, 0, 0, new byte[0]));
            }
        },
        WINDOW_UPDATE {
            @Override
            void send(Http2Connection connection) throws IOException {
                connection.send(Http2Frame.ofInt(Http2Frame.WINDOW_UPDATE, 0, 1));
            }

            @Override
            Http2Connection connect(int port) throws IOException {
                return Http2Connection.withSmallWindow(port);
            }
        },
        PRIORITY {
            @Override
            void send(Http2Connection connection) throws IOException {
                connection.send(new Http2Frame(Http2Frame.PRIORITY, 0, 1, new byte[5]));
            }
        };

        abstract void send(Http2Connection connection) throws IOException;

        Http2Connection connect(int port) throws IOException {
            return new Http2Connection(port);
        }
    }

    @ParameterizedTest
    @EnumSource
    void ends_its_connection_while_others_are_served(Flood flood) throws IOException {
        try (RawConnection other = new RawConnection(served.port());
                Http2Connection calm = new Http2Connection(served.port());
                Http2Connection flooding = flood.connect(served.port())) {
            assertThatThrownBy(() -> {
                        for (int i = 0; i < MANY; i += AT_ONCE) {
                            sendTogether(flood, flooding);
                        }
                    })
                    .isInstanceOfSatisfying(
                            GoneAwayException.class,
                            gone -> assertThat(gone.code()).isEqualTo(ENHANCE_YOUR_CALM));
            other.send("GET / HTTP/1.1\r\nHost: here\r\n\r\n");
            other.read("GET").status(200);
            calm.request("GET", "/");
            calm.read().answer().status(200);
        }
    }

    /** Sends frames with a request at the end, and waits for its answer: the server has then read all, and GOAWAY is not lost. */
    private static void sendTogether(Flood flood, Http2Connection connection) throws IOException {
        for (int i = 0; i < AT_ONCE; i++) {
            flood.send(connection);
        }
        int last = connection.request("GET", "/");
        while (connection.read().stream() != last) {
            // answers that came before the reset
        }
    }

    /** A client that opens its windows again for each frame, of the connection and of the stream, is not a flood. */
    @Test
    void a_large_download_with_small_windows_is_whole() throws IOException {
        try (Http2Connection connection = Http2Connection.withSmallWindow(served.port())) {
            int stream = connection.request("GET", "/?3000000");
            int received = 0;
            while (true) {
                Http2Frame frame = connection.readFrame();
                if (frame.type() == Http2Frame.DATA && frame.payload().length > 0) {
                    received += frame.payload().length;
                    connection.send(Http2Frame.ofInt(Http2Frame.WINDOW_UPDATE, 0, frame.payload().length));
                    connection.send(Http2Frame.ofInt(Http2Frame.WINDOW_UPDATE, stream, frame.payload().length));
                }
                assertThat(frame.type()).isNotEqualTo(Http2Frame.GOAWAY);
                if (frame.type() == Http2Frame.DATA && frame.has(Http2Frame.END_STREAM)) {
                    break;
                }
            }
            assertThat(received).isEqualTo(3_000_000);
        }
    }

    /** A number of small answers at which a limit on all updates of a connection would be exceeded. */
    @Test
    void many_small_answers_with_an_update_each_are_served() throws IOException {
        try (Http2Connection connection = Http2Connection.withSmallWindow(served.port())) {
            for (int i = 0; i < 1_000; i++) {
                connection.request("GET", "/");
                Http2Answer answer = connection.read();
                answer.answer().status(200);
                connection.send(Http2Frame.ofInt(Http2Frame.WINDOW_UPDATE, 0, 5));
            }
        }
    }

    @Test
    void more_streams_than_are_allowed_are_refused() throws Exception {
        try (Http2Connection connection = new Http2Connection(served.port())) {
            List<Integer> streams = new ArrayList<>();
            for (int i = 0; i < 200; i++) { // none of them is ever finished
                streams.add(connection.begin("POST", "/"));
            }
            Http2Answer refused = connection.read();
            assertThat(refused.stream()).isEqualTo(streams.get(128));
            assertThat(refused.reset()).isEqualTo(0x7); // REFUSED_STREAM
        }
    }
}
