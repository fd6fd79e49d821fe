package io.gangway.python;

import static io.gangway.python.FakeWorker.data;
import static io.gangway.python.FakeWorker.end;
import static io.gangway.python.FakeWorker.head;
import static io.gangway.python.FakeWorker.pull;
import static io.gangway.python.FakeWorker.trailedHead;
import static io.gangway.python.FakeWorker.trailers;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.buffer.BodyStore;
import io.gangway.exchange.EndedExchange;
import io.gangway.exchange.Outcome.Ending;
import io.gangway.exchange.RequestFacts;
import io.gangway.python.PythonSettings.RequestBuffering;
import io.gangway.python.PythonSettings.ResponseBuffering;
import io.gangway.python.dispatch.Dispatcher;
import io.gangway.python.dispatch.WorkerEnd;
import io.gangway.python.protocol.Frame;
import io.gangway.python.protocol.FrameEncoder;
import io.gangway.python.protocol.FrameType;
import io.gangway.wsgi.ClientException;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One exchange with a worker, frame by frame, with a client and a worker that do what the test says. */
@Timeout(60)
class WorkerExchangeTest {
    private static final byte[] HELLO = "hello".getBytes(UTF_8);

    @TempDir
    Path files;

    private Dispatcher dispatcher;
    private BodyStore bodies;
    private WorkerApplication application;
    private FakeWorker worker;

    @BeforeEach
    void open() throws Exception {
        dispatcher = new Dispatcher(10, Duration.ofSeconds(30), "");
        bodies = new BodyStore(files, 10 << 20);
        application = new WorkerApplication(dispatcher, BufferPolicy.FULL, bodies, Optional::empty);
        worker = FakeWorker.join(dispatcher, files, 1);
    }

    @AfterEach
    void close() throws Exception {
        worker.close();
        dispatcher.close();
        assertThat(bodies.memoryInUse()).as("memory of bodies").isZero();
        assertThat(bodies.diskInUse()).as("disk of bodies").isZero();
    }

    @Test
    void a_worker_may_answer_before_it_reads_its_request_and_then_serve_the_next_one() throws Exception {
        byte[] body = bytes(60_000);
        byte[] answer = bytes(500_000);
        TestWire client = TestWire.of("POST", "/").withBody(body.length);
        client.sends(body);
        client.serve(application);
        worker.take();
        // Both kernel buffers are full of what the other side has to read: one of both sides has to do so.
        worker.send(head("200 OK"), data(answer), end());
        client.awaitEnd();
        assertThat(client.received()).isEqualTo(answer);
        assertThat(worker.expect(FrameType.BODY).payload()).isEqualTo(body);
        worker.expect(FrameType.BODY_END);
        assertNextIsServed();
    }

    @Test
    void trailers_come_with_the_end_of_the_response() throws Exception {
        TestWire client = TestWire.of("GET", "/").takingTrailers();
        client.serve(application);
        worker.take();
        worker.send(trailedHead("200 OK", "content-length", "5"), data(HELLO));
        await().until(() -> client.received().length == 5);
        assertThat(client.log()).containsExactly("head 200", "write 5 flush");
        worker.send(trailers("x-sum", "5", "x-sum", "6"), end());
        client.awaitEnd();
        assertThat(client.log()).endsWith("trailers [x-sum=5, x-sum=6]", "end COMPLETE");
        assertNextIsServed();
    }

    @Test
    void a_client_that_takes_no_trailers_does_not_wait_for_them() throws Exception {
        TestWire client = served("GET", "/");
        worker.send(trailedHead("200 OK", "content-length", "5"), data(HELLO));
        client.awaitEnd();
        assertThat(client.log()).containsExactly("head 200", "write 5 flush", "end COMPLETE");
        worker.send(trailers("x-sum", "5"), end());
        assertNextIsServed();
    }

    @Test
    void trailers_that_the_bridge_refuses_break_the_response_off() throws Exception {
        TestWire client = TestWire.of("GET", "/").takingTrailers();
        client.serve(application);
        worker.take();
        worker.send(trailedHead("200 OK"), data(HELLO), trailers("content-length", "5"), end());
        EndedExchange ended = client.awaitEnd();
        assertThat(ended.outcome().ending()).isEqualTo(Ending.BROKEN);
        assertThat(ended.outcome().problem()).hasMessageStartingWith("A52, http.response.trailers: ");
        assertThat(worker.receive()).isNull();
    }

    @Test
    void an_end_without_the_trailers_that_were_announced_is_out_of_place() throws Exception {
        TestWire client = TestWire.of("GET", "/").takingTrailers();
        client.serve(application);
        worker.take();
        worker.send(trailedHead("200 OK"), data(HELLO), end());
        assertThat(client.awaitEnd().status()).isEqualTo(502);
        assertThat(worker.receive()).isNull();
    }

    @Test
    void blocks_that_have_come_together_are_flushed_together() throws Exception {
        TestWire client = served("GET", "/");
        worker.send(head("200 OK"), data(HELLO), data(HELLO), data(HELLO));
        await().until(() -> client.received().length == 15);
        assertThat(client.log()).containsExactly("head 200", "write 5", "write 5", "write 5 flush");
        worker.send(data(HELLO), end());
        client.awaitEnd();
        assertThat(client.log()).endsWith("write 5 flush", "end COMPLETE");
        assertNextIsServed();
    }

    @Test
    void a_client_that_takes_nothing_holds_its_worker_back_where_answers_are_not_stored_but_its_time_does_not_count()
            throws Exception {
        application = unbuffered();
        TestWire client = served("GET", "/");
        client.takesNothing();
        byte[] answer = bytes(300_000);
        CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
            worker.send(head("200 OK"));
            for (int i = 0; i < 10; i++) {
                worker.send(data(answer));
            }
            worker.send(end());
        });
        await().until(client::isWriteAwaited);
        assertThat(client.received()).hasSize(300_000);
        await().until(() -> worker.connection().waitingSince() == 0);
        assertThat(sent).isNotDone();

        client.takesAgain();
        sent.get(30, TimeUnit.SECONDS);
        assertThat(client.awaitEnd().bytes()).isEqualTo(3_000_000);
        assertNextIsServed();
    }

    @Test
    void an_answer_that_the_client_takes_slowly_is_stored_and_the_worker_is_free() throws Exception {
        byte[] answer = bytes(3_000_000);
        TestWire client = served("GET", "/");
        client.takesNothing();
        worker.send(head("200 OK"));
        for (int i = 0; i < answer.length; i += 30_000) {
            worker.send(data(Arrays.copyOfRange(answer, i, i + 30_000)));
        }
        worker.send(end());
        assertNextIsServed();
        assertThat(client.isEnded()).isFalse();
        assertThat(bodies.diskInUse()).as("what memory has no room for").isBetween(2_800_000L, 3_000_000L);

        client.takesOneByOne();
        await().until(client::isEnded);
        assertThat(client.awaitEnd().outcome().ending()).isEqualTo(Ending.COMPLETE);
        assertThat(client.received()).isEqualTo(answer);
        assertThat(bodies.diskInUse()).isZero();
    }

    @Test
    void a_client_that_is_slow_for_a_moment_needs_no_file_unless_others_wait_for_a_worker() throws Exception {
        application = new WorkerApplication(
                dispatcher,
                new BufferPolicy(RequestBuffering.FULL, ResponseBuffering.FULL, true, Duration.ofHours(1)),
                bodies,
                Optional::empty);
        byte[] answer = bytes(3_000_000);
        TestWire client = served("GET", "/");
        client.takesNothing();
        CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
            worker.send(head("200 OK"));
            for (int i = 0; i < answer.length; i += 30_000) {
                worker.send(data(Arrays.copyOfRange(answer, i, i + 30_000)));
            }
            worker.send(end());
        });
        await().until(client::isWriteAwaited);
        await().until(() -> worker.connection().waitingSince() == 0);
        assertThat(sent).isNotDone();
        assertThat(bodies.diskInUse()).isZero();

        TestWire next = TestWire.of("GET", "/next");
        next.serve(application);
        sent.get(30, TimeUnit.SECONDS);
        worker.take();
        worker.send(head("200 OK"), data(HELLO), end());
        assertThat(next.awaitEnd().outcome().ending()).isEqualTo(Ending.COMPLETE);
        assertThat(client.isEnded()).isFalse();

        client.takesOneByOne();
        assertThat(client.awaitEnd().outcome().ending()).isEqualTo(Ending.COMPLETE);
        assertThat(client.received()).isEqualTo(answer);
    }

    @Test
    void an_answer_that_fails_does_so_after_what_is_stored_of_it() throws Exception {
        for (String how : List.of("abort", "loss")) {
            TestWire client = served("GET", "/");
            client.takesNothing();
            worker.send(head("200 OK"), data(HELLO), data(HELLO), data(HELLO));
            if (how.equals("abort")) {
                worker.send(FrameEncoder.fields(FrameType.ABORT, List.of("application", "an error", "")));
                assertThat(worker.receive()).isNull();
            }
            worker.close();
            worker.reported(new WorkerEnd(false, 3));
            assertThat(client.isEnded()).isFalse();
            client.takesAgain();
            assertThat(client.awaitEnd().outcome().ending()).isEqualTo(Ending.BROKEN);
            assertThat(client.received()).hasSize(15);
            worker = FakeWorker.join(dispatcher, files, 1 + how.length());
        }
    }

    /** A client that takes nothing of an answer that its worker has given. */
    private TestWire servedWithStoredAnswer() throws Exception {
        TestWire client = served("GET", "/");
        client.takesNothing();
        worker.send(head("200 OK"), data(bytes(100_000)), data(bytes(200_000)), data(bytes(300_000)), end());
        await().until(() -> worker.connection().worker().busy().isEmpty());
        return client;
    }

    @Test
    void a_stop_breaks_off_what_is_stored_of_an_answer_and_gives_the_room_back() throws Exception {
        TestWire client = servedWithStoredAnswer();

        dispatcher.close();

        EndedExchange ended = client.awaitEnd();
        assertThat(ended.outcome().ending()).isEqualTo(Ending.BROKEN);
        assertThat(ended.outcome().problem())
                .hasMessage("the application was stopped before the client had taken its whole answer");
        assertThat(bodies.diskInUse()).isZero();
    }

    @Test
    void a_client_that_leaves_what_is_stored_of_its_answer_gives_the_room_back() throws Exception {
        TestWire client = servedWithStoredAnswer();
        assertThat(client.isEnded()).isFalse();
        client.leaves();
        assertThatItLeft(client);
        assertThat(bodies.diskInUse()).isZero();
        assertNextIsServed();
    }

    @Test
    void an_answer_that_cannot_be_stored_holds_its_worker_back_and_the_log_says_why() throws Exception {
        bodies = new BodyStore(files.resolve("missing"), 10 << 20);
        application = new WorkerApplication(dispatcher, BufferPolicy.FULL, bodies, Optional::empty);
        try (CapturedLog log = new CapturedLog()) {
            TestWire client = served("GET", "/");
            client.takesNothing();
            byte[] answer = bytes(300_000);
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                worker.send(head("200 OK"));
                for (int i = 0; i < 10; i++) {
                    worker.send(data(answer));
                }
                worker.send(end());
            });
            await().untilAsserted(() -> assertThat(log.entries())
                    .anySatisfy(entry -> assertThat(entry)
                            .startsWith("WARNING request \"" + client.requestId()
                                    + "\" (\"GET\" \"/\"): its worker waits for"
                                    + " the client, because the answer cannot be stored: a temporary file in ")
                            .endsWith(
                                    "Fix: free some space there, or set gangway.buffer-directory and gangway.buffer-limit to"
                                            + " a directory with more room and its size")));
            assertThat(sent).isNotDone();
            client.takesOneByOne();
            sent.get(30, TimeUnit.SECONDS);
            assertThat(client.awaitEnd().bytes()).isEqualTo(3_000_000);
            assertNextIsServed();
        }
    }

    @Test
    void a_worker_that_was_held_back_until_the_client_had_everything_can_still_end_the_exchange() throws Exception {
        bodies = new BodyStore(files.resolve("missing"), 10 << 20); // so that it is held back until then
        application = new WorkerApplication(dispatcher, BufferPolicy.FULL, bodies, Optional::empty);
        try (CapturedLog log = new CapturedLog()) {
            TestWire client = served("GET", "/");
            client.takesNothing();
            worker.send(
                    head("200 OK", "Content-Length", "600005"),
                    data(HELLO),
                    data(bytes(300_000)),
                    data(bytes(300_000)));
            await().untilAsserted(() -> assertThat(log.entries())
                    .anySatisfy(entry -> assertThat(entry).contains("its worker waits for the client")));

            client.takesAgain();
            assertThat(client.awaitEnd().bytes()).isEqualTo(600_005);
            worker.send(end());
            assertNextIsServed();
        }
    }

    @Test
    void a_body_is_given_to_the_worker_as_it_comes_and_the_worker_is_not_late_meanwhile() throws Exception {
        application = unbuffered();
        TestWire client = TestWire.of("POST", "/").withBody(200_000);
        client.serve(application);
        worker.take();
        worker.send(pull(100_000));
        client.awaitReadAwaited();
        await().until(() -> worker.connection().waitingSince() == 0);
        byte[] body = bytes(200_000);
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        CompletableFuture<Void> reading = CompletableFuture.runAsync(() -> {
            for (Frame frame = worker.receive();
                    frame != null && frame.type() == FrameType.BODY;
                    frame = worker.receive()) {
                received.writeBytes(frame.payload());
                worker.send(pull(100_000));
            }
        });
        for (int i = 0; i < 200_000; i += 1_000) {
            client.sends(Arrays.copyOfRange(body, i, i + 1_000));
        }
        client.endsBody();
        reading.get(30, TimeUnit.SECONDS);
        assertThat(received.toByteArray()).isEqualTo(body);
        assertThat(worker.connection().waitingSince())
                .as("it is the worker's turn")
                .isNotZero();
        worker.send(head("200 OK"), end());
        assertThat(client.awaitEnd().outcome().ending()).isEqualTo(Ending.COMPLETE);
        assertNextIsServed();
    }

    @Test
    void a_body_is_collected_without_a_thread_before_a_worker_is_claimed() throws Exception {
        TestWire client = TestWire.of("POST", "/").withBody(RequestFacts.UNKNOWN_LENGTH);
        client.serve(application);
        client.sends(HELLO);
        client.awaitReadAwaited();
        assertThat(bodies.memoryInUse()).isPositive();
        assertNextIsServed(); // by the one worker, which nobody has claimed
        client.sends(HELLO);
        client.endsBody();
        assertThat(new String(worker.take().payload(), UTF_8)).contains("CONTENT_LENGTH\00010");
        assertThat(worker.expect(FrameType.BODY).payload()).isEqualTo("hellohello".getBytes(UTF_8));
        worker.expect(FrameType.BODY_END);
        worker.send(head("200 OK"), end());
        client.awaitEnd();
    }

    @Test
    void a_small_body_that_comes_slowly_counts_like_others() throws Exception {
        TestWire client = TestWire.of("POST", "/").withBody(10);
        client.serve(application);
        assertThat(bodies.memoryInUse()).isEqualTo(10);
        client.sends(HELLO);
        client.awaitReadAwaited();
        assertThat(bodies.memoryInUse()).isEqualTo(10);
        client.sends(HELLO);
        worker.take();
        assertThat(worker.expect(FrameType.BODY).payload()).isEqualTo("hellohello".getBytes(UTF_8));
        worker.expect(FrameType.BODY_END);
        worker.send(head("200 OK"), end());
        client.awaitEnd();
    }

    @Test
    void a_small_body_that_finds_no_memory_goes_to_a_file() throws Exception {
        BodyStore.Reservation others =
                bodies.reserve((int) BodyStore.MEMORY_FOR_ALL).orElseThrow();
        byte[] body = bytes(60_000);
        byte[] half = Arrays.copyOf(body, 30_000);
        TestWire client = TestWire.of("POST", "/").withBody(body.length);
        client.serve(application);
        client.sends(half);
        client.awaitReadAwaited();
        assertThat(bodies.diskInUse()).isEqualTo(half.length);
        client.sends(Arrays.copyOfRange(body, half.length, body.length));
        worker.take();
        assertThat(worker.expect(FrameType.BODY).payload()).isEqualTo(body);
        worker.expect(FrameType.BODY_END);
        worker.send(head("200 OK"), end());
        client.awaitEnd();
        others.close();
    }

    @Test
    void a_body_that_ends_before_its_length_is_a_400() throws Exception {
        for (int length : new int[] {10, 100_000}) {
            TestWire client = TestWire.of("POST", "/").withBody(length);
            client.sends(HELLO);
            client.endsBody();
            client.serve(application);
            assertThat(client.awaitEnd().status()).isEqualTo(400);
            assertThat(client.awaitEnd().outcome().problem())
                    .hasMessage("the client sent 5 bytes of a body of " + length);
        }
        assertNextIsServed();
    }

    @Test
    void a_collected_body_goes_to_the_worker_in_large_pieces() throws Exception {
        byte[] body = bytes(2_000_000);
        TestWire client = TestWire.of("POST", "/").withBody(body.length);
        client.sends(body);
        client.serve(application);
        worker.take();
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        worker.send(pull(1 << 20));
        int pieces = 0;
        for (Frame frame = worker.receive();
                frame != null && frame.type() == FrameType.BODY;
                frame = worker.receive()) {
            received.writeBytes(frame.payload());
            pieces++;
            worker.send(pull(1 << 20));
        }
        assertThat(received.toByteArray()).isEqualTo(body);
        assertThat(pieces).isEqualTo(8);
        worker.send(head("200 OK"), end());
        client.awaitEnd();
    }

    @Test
    void a_body_in_a_file_is_named_and_sent_only_if_the_worker_cannot_open_it() throws Exception {
        bodies = new BodyStore(files, 10 << 20, Files.createDirectory(files.resolve("named")));
        application = new WorkerApplication(dispatcher, BufferPolicy.FULL, bodies, Optional::empty);
        byte[] body = bytes(2_000_000);
        TestWire client = TestWire.of("POST", "/").withBody(body.length);
        client.sends(body);
        client.serve(application);
        worker.take();
        worker.send(pull(100_000));
        Frame named = worker.expect(FrameType.BODY_FILE);
        assertThat(named.fields().get(1)).isEqualTo("2000000");
        Path file = Path.of(named.fields().get(0));
        assertThat(file).hasParent(files.resolve("named")).hasBinaryContent(body);

        worker.send(pull(100_000));
        assertThat(worker.expect(FrameType.BODY).payload()).isEqualTo(Arrays.copyOf(body, 100_000));
        worker.send(head("200 OK"), end());
        client.awaitEnd();
        await().untilAsserted(() -> assertThat(file).doesNotExist());
        assertNextIsServed();
    }

    @Test
    void a_client_that_leaves_while_its_body_is_collected_is_forgotten() throws Exception {
        TestWire client = TestWire.of("POST", "/").withBody(RequestFacts.UNKNOWN_LENGTH);
        client.serve(application);
        client.sends(HELLO);
        client.awaitReadAwaited();
        client.leaves();
        assertThatItLeft(client);
        assertThat(bodies.memoryInUse()).isZero();
        assertNextIsServed();
    }

    @Test
    void a_client_that_leaves_while_its_request_waits_frees_its_place_in_the_queue() throws Exception {
        TestWire first = served("GET", "/");
        TestWire second = TestWire.of("GET", "/");
        second.serve(application);
        assertThat(dispatcher.waiting()).isEqualTo(1);
        second.leaves();
        assertThatItLeft(second);
        assertThat(dispatcher.waiting()).isZero();
        worker.send(head("200 OK"), end());
        first.awaitEnd();
        assertNextIsServed();
    }

    @Test
    void a_client_that_leaves_before_or_within_its_answer_closes_the_workers_connection() throws Exception {
        TestWire before = served("GET", "/");
        before.leaves();
        assertThatItLeft(before);
        assertThat(worker.receive()).isNull();

        worker.close();
        worker = FakeWorker.join(dispatcher, files, 2);
        TestWire within = served("GET", "/");
        within.takesNothing();
        worker.send(head("200 OK"), data(HELLO));
        await().until(within::isWriteAwaited);
        within.leaves();
        assertThatItLeft(within);
        assertThat(worker.receive()).isNull();
        assertThat(worker.connection().worker().busy()).isEmpty();
    }

    @Test
    void a_request_that_no_worker_has_taken_goes_to_the_next_one() throws Exception {
        TestWire client = TestWire.of("POST", "/").withBody(5);
        client.sends(HELLO);
        client.serve(application);
        worker.expect(FrameType.REQUEST); // received, but not marked as taken
        worker.close();
        worker = FakeWorker.join(dispatcher, files, 2);
        worker.take();
        assertThat(worker.expect(FrameType.BODY).payload()).isEqualTo(HELLO);
        worker.expect(FrameType.BODY_END);
        worker.send(head("200 OK"), end());
        assertThat(client.awaitEnd().status()).isEqualTo(200);
    }

    @Test
    void the_report_on_a_workers_end_is_awaited_without_holding_up_others() throws Exception {
        FakeWorker other = FakeWorker.join(dispatcher, files, 2);
        try (CapturedLog log = new CapturedLog()) {
            TestWire lost = served("GET", "/lost");
            worker.close();
            TestWire next = TestWire.of("GET", "/");
            next.serve(application);
            other.take();
            other.send(head("200 OK"), end());
            assertThat(next.awaitEnd().status()).isEqualTo(200);
            assertThat(lost.isEnded()).isFalse();

            worker.reported(new WorkerEnd(false, 7));
            assertThat(lost.awaitEnd().status()).isEqualTo(502);
            await().untilAsserted(() -> assertThat(log.entries())
                    .anySatisfy(entry -> assertThat(entry)
                            .startsWith(
                                    "SEVERE request \"" + lost.requestId() + "\" (\"GET\" \"/lost\"): answered 502: ")
                            .endsWith("worker 1 exited with status 7")));
        } finally {
            other.close();
        }
    }

    @Test
    void a_report_that_does_not_come_is_not_awaited_for_ever_nor_after_a_stop() throws Exception {
        TestWire lost = served("GET", "/");
        worker.close();
        assertThat(lost.awaitEnd().status()).isEqualTo(502);

        worker = FakeWorker.join(dispatcher, files, 2);
        TestWire stopped = served("GET", "/");
        worker.close();
        dispatcher.close();
        assertThat(stopped.isEnded()).isTrue();
        assertThat(stopped.status()).isEqualTo(502);
    }

    @Test
    void a_worker_that_is_lost_within_its_answer_breaks_it_off() throws Exception {
        TestWire client = served("GET", "/");
        worker.send(head("200 OK"), data(HELLO));
        await().until(() -> client.received().length == 5);
        worker.close();
        worker.reported(new WorkerEnd(true, 9));
        EndedExchange ended = client.awaitEnd();
        assertThat(ended.outcome().ending()).isEqualTo(Ending.BROKEN);
        assertThat(ended.outcome().problem())
                .isInstanceOf(WorkerDiedException.class)
                .hasMessageContaining("worker 1 was killed by signal 9");
    }

    @Test
    void a_frame_out_of_order_is_a_502_that_says_so() throws Exception {
        try (CapturedLog log = new CapturedLog()) {
            TestWire client = served("GET", "/");
            worker.send(data(HELLO));
            assertThat(client.awaitEnd().status()).isEqualTo(502);
            await().untilAsserted(() -> assertThat(log.entries())
                    .anySatisfy(entry -> assertThat(entry).contains("worker 1 broke the protocol: DATA out of place")));
            assertThat(worker.receive()).isNull();
        }
    }

    @Test
    void a_response_without_a_length_is_complete_with_the_workers_end_only() throws Exception {
        TestWire client = served("GET", "/");
        worker.send(head("200 OK"), data(HELLO));
        await().until(() -> client.received().length == 5);
        assertThat(client.isEnded()).isFalse();
        worker.send(end());
        client.awaitEnd();

        TestWire promised = served("GET", "/");
        worker.send(head("200 OK", "Content-Length", "10"), data(HELLO));
        await().until(() -> promised.received().length == 5);
        assertThat(promised.isEnded()).isFalse();
        worker.send(data(HELLO));
        assertThat(promised.awaitEnd().outcome().ending()).isEqualTo(Ending.COMPLETE);
        worker.send(end());
        assertNextIsServed();
    }

    private WorkerApplication unbuffered() {
        return new WorkerApplication(
                dispatcher,
                new BufferPolicy(RequestBuffering.OFF, ResponseBuffering.OFF, true),
                bodies,
                Optional::empty);
    }

    private TestWire served(String method, String target) throws Exception {
        TestWire client = TestWire.of(method, target);
        client.serve(application);
        worker.take();
        return client;
    }

    private void assertNextIsServed() throws Exception {
        TestWire next = served("GET", "/next");
        worker.send(head("200 OK"), data(HELLO), end());
        assertThat(next.awaitEnd().outcome().ending()).isEqualTo(Ending.COMPLETE);
        assertThat(next.received()).isEqualTo(HELLO);
    }

    private static void assertThatItLeft(TestWire client) {
        EndedExchange ended = client.awaitEnd();
        assertThat(ended.outcome().ending()).isEqualTo(Ending.CLIENT_LEFT);
        assertThat(ended.outcome().problem()).isInstanceOf(ClientException.class);
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
