package io.gangway.lint;

import static io.gangway.lint.LintRig.ACCEPTING;
import static io.gangway.lint.LintRig.answering;
import static io.gangway.lint.LintRig.bytes;
import static io.gangway.lint.LintRig.environ;
import static io.gangway.lint.LintRig.serve;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.server.Rethrown;
import io.gangway.wsgi.ApplicationViolation;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.ServerViolation;
import io.gangway.wsgi.StartResponse;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class LintedStartResponseTest {
    private static final List<Header> NONE = List.of();

    @Test
    @Tag("W50")
    void the_status_is_well_formed() {
        assertThatThrownBy(() -> serve(answering("200", NONE)))
                .isInstanceOf(ApplicationViolation.class)
                .hasMessage(
                        "W50, start_response: expected a status of three digits, a space and a reason, without control"
                                + " characters; found \"200\". Fix: pass a status such as \"404 Not Found\"");
    }

    @Test
    @Tag("W51")
    void a_header_cannot_split_the_response() {
        assertThatThrownBy(() -> serve(answering("200 OK", List.of(new Header("X-Id", "1\r\nSet-Cookie: a=b")))))
                .isInstanceOf(ApplicationViolation.class)
                .hasMessage("W51, start_response: expected a value of ISO-8859-1 characters without controls for header"
                        + " \"X-Id\"; found \"1\\r\\nSet-Cookie: a=b\". Fix: encode what is not plain text, and never pass"
                        + " on line breaks from a request");
    }

    @Test
    @Tag("W52")
    void hop_by_hop_headers_are_the_servers() {
        assertThatThrownBy(() -> serve(answering("200 OK", List.of(new Header("Connection", "close")))))
                .isInstanceOf(ApplicationViolation.class)
                .hasMessage("W52, start_response: expected no hop-by-hop header; found \"Connection\"."
                        + " Fix: leave it out: the connection is the server's");
    }

    @Test
    @Tag("W50")
    void a_status_above_599_is_the_servers_to_bear() {
        assertThatThrownBy(() -> serve(answering("600 High", NONE)))
                .isInstanceOf(ApplicationViolation.class)
                .hasMessage("W50, start_response: expected a status from 200 to 599; found \"600 High\"."
                        + " Fix: pass a status such as \"404 Not Found\"");
    }

    @Test
    @Tag("W53")
    void the_server_returns_a_write_callable() {
        StartResponse poor = (status, headers, excInfo) -> nothing();

        assertThatThrownBy(() -> serve(answering("200 OK", NONE), environ(), poor))
                .isInstanceOf(ServerViolation.class)
                .hasMessage("W53, start_response: expected a write callable to be returned; found null."
                        + " Fix: return a Write, even if it only throws");
    }

    @Test
    @Tag("W53")
    void nothing_is_written_once_the_iteration_has_begun() {
        GatewayApplication late = (environ, startResponse) -> {
            StartResponse.Write write = startResponse.start("200 OK", NONE);
            write.write(bytes("in time"));
            return stepwise(List.of(() -> {
                try {
                    write.write(bytes("too late"));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
                return bytes("block");
            }));
        };

        assertThatThrownBy(() -> serve(late))
                .isInstanceOf(ApplicationViolation.class)
                .hasMessage("W53, write: expected to be called before the body is iterated; found a call during the"
                        + " iteration, or after it. Fix: yield the bytes instead");
    }

    @Test
    @Tag("W54")
    void a_second_call_needs_a_reason_even_after_a_first_that_failed() {
        GatewayApplication stubborn = (environ, startResponse) -> {
            assertThatThrownBy(() -> startResponse.start("nonsense", NONE)).isInstanceOf(ApplicationViolation.class);
            startResponse.start("200 OK", NONE);
            return List.of();
        };

        assertThatThrownBy(() -> serve(stubborn))
                .isInstanceOf(ApplicationViolation.class)
                .hasMessage("W54, start_response: expected one call, or a later one with exc_info; found a second call"
                        + " without. Fix: pass the error that made you change the response as third argument");
    }

    @Test
    void a_second_call_with_a_reason_replaces_the_head() {
        GatewayApplication wiser = (environ, startResponse) -> {
            startResponse.start("200 OK", List.of(new Header("Content-Length", "1000")));
            startResponse.start("500 Internal Server Error", NONE, new IllegalStateException("no stock"));
            return List.of(bytes("sorry"));
        };

        assertThatCode(() -> serve(wiser)).doesNotThrowAnyException();
    }

    @Test
    @Tag("W56")
    void after_the_first_bytes_the_given_error_comes_back() {
        StartResponse replacing = ACCEPTING;
        StartResponse confused = (status, headers, excInfo) -> {
            if (excInfo != null) {
                throw new IllegalStateException("already sent");
            }
            return data -> {};
        };

        assertThatThrownBy(() -> serve(failingAfterTheFirstBlock(), environ(), replacing))
                .isInstanceOf(ServerViolation.class)
                .hasMessage("W56, start_response: expected the given java.io.FileNotFoundException to be thrown again,"
                        + " because the head has been sent; found a normal return."
                        + " Fix: throw exc_info itself once the head has been sent");
        assertThatThrownBy(() -> serve(failingAfterTheFirstBlock(), environ(), confused))
                .isInstanceOf(ServerViolation.class)
                .hasMessageContaining("found java.lang.IllegalStateException thrown. Fix: ");
        assertThatThrownBy(() -> serve(failingAfterTheFirstBlock(), environ(), rethrowing()))
                .isInstanceOf(FileNotFoundException.class);
    }

    @Test
    @Tag("W57")
    void before_the_first_bytes_the_head_can_be_replaced() {
        GatewayApplication early = (environ, startResponse) -> {
            startResponse.start("200 OK", NONE);
            startResponse.start("500 Internal Server Error", NONE, new FileNotFoundException("stock.txt"));
            return List.of();
        };

        assertThatThrownBy(() -> serve(early, environ(), rethrowing()))
                .isInstanceOf(ServerViolation.class)
                .hasMessage("W57, start_response: expected the head to be held until the first byte of the body, and"
                        + " replaced; found exc_info thrown again, as if the head had been sent."
                        + " Fix: send the head with the first non-empty block, write, or the end");
    }

    private static GatewayApplication failingAfterTheFirstBlock() {
        return (environ, startResponse) -> {
            startResponse.start("200 OK", NONE);
            return stepwise(List.of(() -> bytes("first"), () -> {
                startResponse.start("500 Internal Server Error", NONE, new FileNotFoundException("stock.txt"));
                return bytes("sorry");
            }));
        };
    }

    private static StartResponse rethrowing() {
        return (status, headers, excInfo) -> {
            if (excInfo != null) {
                throw Rethrown.unchecked(excInfo);
            }
            return data -> {};
        };
    }

    private static Iterable<byte[]> stepwise(List<Supplier<byte[]>> steps) {
        Iterator<Supplier<byte[]>> remaining = steps.iterator();
        return () -> new Iterator<>() {
            @Override
            public boolean hasNext() {
                return remaining.hasNext();
            }

            @Override
            public byte[] next() {
                return remaining.next().get();
            }
        };
    }

    @SuppressWarnings("NullAway") // what a careless server does
    private static StartResponse.Write nothing() {
        return null;
    }
}
