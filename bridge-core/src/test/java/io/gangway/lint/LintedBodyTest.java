package io.gangway.lint;

import static io.gangway.lint.LintRig.ACCEPTING;
import static io.gangway.lint.LintRig.HELLO;
import static io.gangway.lint.LintRig.answering;
import static io.gangway.lint.LintRig.bytes;
import static io.gangway.lint.LintRig.environ;
import static io.gangway.lint.LintRig.linted;
import static io.gangway.lint.LintRig.serve;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.gangway.wsgi.ApplicationViolation;
import io.gangway.wsgi.FileWrapper;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.ServerViolation;
import java.io.ByteArrayInputStream;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LintedBodyTest {
    private static final List<Header> FIVE_BYTES = List.of(new Header("Content-Length", "5"));
    private static final String NOT_STARTED = "W02, the body: expected start_response to be called before the first"
            + " non-empty block, or the end; found no call. Fix: call start_response with status and headers";

    @Test
    @Tag("W02")
    void start_response_is_called_before_the_first_bytes_or_the_end() {
        assertThatThrownBy(() -> serve((environ, startResponse) -> List.of(bytes("hello"))))
                .isInstanceOf(ApplicationViolation.class)
                .hasMessage(NOT_STARTED);
        assertThatThrownBy(() -> serve((environ, startResponse) -> List.of(new byte[0])))
                .isInstanceOf(ApplicationViolation.class)
                .hasMessage(NOT_STARTED);
    }

    @Test
    @Tag("W02")
    void the_application_returns_a_body() {
        assertThatThrownBy(() -> serve((environ, startResponse) -> nothing()))
                .isInstanceOf(ApplicationViolation.class)
                .hasMessage("W02, the application's return: expected an iterable of blocks; found null."
                        + " Fix: return List.of() where there is no body");
    }

    @Test
    @Tag("W02")
    void start_response_is_not_called_after_the_end() throws Exception {
        GatewayApplication late =
                (environ, startResponse) -> new ClosingBody(List.of(), () -> startResponse.start("200 OK", List.of()));

        assertThatThrownBy(
                        () -> closeable(linted(late).call(environ(), ACCEPTING)).close())
                .isInstanceOf(ApplicationViolation.class)
                .hasMessage(
                        "W02, start_response: expected a call before the first non-empty block, or the end; found a call"
                                + " after the end. Fix: call it in the application, or in the first step of the body's iterator");
    }

    @Test
    @Tag("W03")
    void an_application_for_one_thread_is_called_by_one_at_a_time() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        GatewayApplication slow = linted((environ, startResponse) -> {
            entered.countDown();
            leave.await();
            return HELLO.call(environ, startResponse);
        });
        CompletableFuture<Throwable> first =
                CompletableFuture.supplyAsync(() -> catchThrowable(() -> slow.call(environ(), ACCEPTING)));
        entered.await();
        try {
            assertThatThrownBy(() -> slow.call(environ(environ -> environ.put("wsgi.multithread", false)), ACCEPTING))
                    .isInstanceOf(ServerViolation.class)
                    .hasMessage("W03, the call: expected one call at a time, because wsgi.multithread is false;"
                            + " found 2 at once."
                            + " Fix: set wsgi.multithread to true, or make one call after the other");
        } finally {
            leave.countDown();
        }
        assertThat(first.join()).isNull();
    }

    @Test
    @Tag("W60")
    void a_block_is_never_null() {
        GatewayApplication careless = (environ, startResponse) -> {
            startResponse.start("200 OK", List.of());
            return Arrays.asList(bytes("one"), null);
        };

        assertThatThrownBy(() -> serve(careless))
                .isInstanceOf(ApplicationViolation.class)
                .hasMessage("W60, the body: expected blocks of bytes; found null."
                        + " Fix: yield an empty array where there is nothing to send");
    }

    @Test
    @Tag("W63")
    void the_body_is_as_long_as_promised() {
        assertThatCode(() -> serve(answering("200 OK", FIVE_BYTES, "he", "", "llo")))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> serve(answering("200 OK", FIVE_BYTES, "hello", "!")))
                .isInstanceOf(ApplicationViolation.class)
                .hasMessage("W63, the body: expected the 5 bytes that Content-Length promises; found at least 6."
                        + " Fix: send the length that the body has, in bytes");
        assertThatThrownBy(() -> serve(answering("200 OK", FIVE_BYTES, "hell")))
                .isInstanceOf(ApplicationViolation.class)
                .hasMessage("W63, the body: expected the 5 bytes that Content-Length promises; found 4 in all."
                        + " Fix: send the length that the body has, in bytes");
    }

    @Test
    @Tag("W63")
    void a_file_is_at_least_as_long_as_promised(@TempDir Path folder) throws Exception {
        FileWrapper file = FileWrapper.open(Files.writeString(folder.resolve("four"), "hell"));
        GatewayApplication download = (environ, startResponse) -> {
            startResponse.start("200 OK", FIVE_BYTES);
            return file;
        };

        assertThatThrownBy(() -> linted(download).call(environ(), ACCEPTING))
                .isInstanceOf(ApplicationViolation.class)
                .hasMessage("W63, the body: expected the 5 bytes that Content-Length promises; found 4 in all."
                        + " Fix: send the length that the body has, in bytes");
        assertThatThrownBy(file::remaining)
                .as("closed, because the server never got it")
                .isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void a_file_reaches_the_server_as_it_is() throws Exception {
        FileWrapper file = new FileWrapper(new ByteArrayInputStream(bytes("hello")), 8);
        GatewayApplication download = (environ, startResponse) -> {
            startResponse.start("200 OK", List.of());
            return file;
        };

        assertThat(linted(download).call(environ(), ACCEPTING)).isSameAs(file);
    }

    @Test
    @Tag("W64")
    void a_status_without_body_has_no_bytes() {
        assertThatThrownBy(() -> serve(answering("204 No Content", List.of(), "", "oops")))
                .isInstanceOf(ApplicationViolation.class)
                .hasMessage("W64, the body: expected no bytes with status 204; found at least 4."
                        + " Fix: send no bytes, or a status that has a body");
        assertThatCode(() -> serve(answering("304 Not Modified", FIVE_BYTES))).doesNotThrowAnyException();
    }

    @Test
    void head_may_be_answered_as_get_is_or_with_less() {
        for (String body : new String[] {"hello", "", "hello!"}) {
            assertThatCode(() -> serve(
                            answering("200 OK", FIVE_BYTES, body),
                            environ(environ -> environ.put("REQUEST_METHOD", "HEAD")),
                            ACCEPTING))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    @Tag("W65")
    void a_body_is_closed_once_and_then_left_alone() throws Exception {
        AtomicInteger closed = new AtomicInteger();
        Iterable<byte[]> body = linted((environ, startResponse) -> {
                    startResponse.start("200 OK", List.of());
                    return new ClosingBody(List.of(bytes("a"), bytes("b")), closed::incrementAndGet);
                })
                .call(environ(), ACCEPTING);
        Iterator<byte[]> blocks = body.iterator();
        blocks.next();
        closeable(body).close();

        assertThatThrownBy(blocks::hasNext)
                .isInstanceOf(ServerViolation.class)
                .hasMessage("W65, the body: expected nothing to be used after close(); found a call of hasNext()."
                        + " Fix: close the body after its last use");
        assertThatThrownBy(() -> closeable(body).close())
                .isInstanceOf(ServerViolation.class)
                .hasMessage("W65, the body: expected close() to be called once; found a second call."
                        + " Fix: close the body in one place, a finally block");
        assertThat(closed).hasValue(1);
    }

    @Test
    @Tag("W65")
    void a_body_is_closed_on_the_thread_that_iterated() throws Exception {
        Iterable<byte[]> body = linted(HELLO).call(environ(), ACCEPTING);
        body.iterator().next();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread other =
                new Thread(() -> thrown.set(catchThrowable(() -> closeable(body).close())), "the-other");
        other.start();
        other.join();

        assertThat(thrown.get())
                .isInstanceOf(ServerViolation.class)
                .hasMessage("W65, the body: expected close() to be called on the thread that iterated, "
                        + Thread.currentThread().getName() + "; found a call on the-other."
                        + " Fix: close the body where it was iterated: it may hold locks and thread-locals");
    }

    @Test
    @Tag("W65")
    void a_body_that_was_not_closed_is_reported_with_a_later_call() throws Exception {
        GatewayApplication application = linted(HELLO);
        application.call(environ(), ACCEPTING); // and dropped

        AtomicReference<Throwable> found = new AtomicReference<>();
        await().until(() -> {
            System.gc();
            found.set(catchThrowable(
                    () -> closeable(application.call(environ(), ACCEPTING)).close()));
            return found.get() != null;
        });

        assertThat(found.get())
                .isInstanceOf(ServerViolation.class)
                .hasMessage(
                        "W65, the body of an earlier request, \"GET\" \"/shop/list\", id \"r-1\": expected close() to be"
                                + " called once; found a body that was dropped unclosed."
                                + " Fix: close it in a finally block, and pass close() on in a middleware that wraps bodies");
    }

    @Test
    @Tag("W66")
    void a_body_is_iterated_once() throws Exception {
        Iterable<byte[]> body = linted(HELLO).call(environ(), ACCEPTING);
        assertThat(body.iterator().hasNext()).isTrue();

        assertThatThrownBy(body::iterator)
                .isInstanceOf(ServerViolation.class)
                .hasMessage("W66, the body: expected one iteration; found a second one."
                        + " Fix: keep the blocks if they are needed twice: a body may be a generator");
        closeable(body).close();
    }

    @Test
    void a_collection_still_has_its_size() throws Exception {
        Iterable<byte[]> body = linted(HELLO).call(environ(), ACCEPTING);

        assertThat(body).isInstanceOf(Collection.class);
        assertThat((Collection<byte[]>) body).hasSize(1);
    }

    private record ClosingBody(List<byte[]> blocks, Runnable closing) implements Iterable<byte[]>, AutoCloseable {
        @Override
        public Iterator<byte[]> iterator() {
            return blocks.iterator();
        }

        @Override
        public void close() {
            closing.run();
        }
    }

    private static AutoCloseable closeable(Iterable<byte[]> body) {
        return (AutoCloseable) body;
    }

    @SuppressWarnings("NullAway") // what a careless application does
    private static Iterable<byte[]> nothing() {
        return null;
    }
}
