package io.gangway.python;

import static java.util.Objects.requireNonNull;
import static org.awaitility.Awaitility.await;

import io.gangway.exchange.EndedExchange;
import io.gangway.exchange.ErrorPage;
import io.gangway.exchange.ExchangeApplication;
import io.gangway.exchange.ExchangeRules;
import io.gangway.exchange.Outcome.Ending;
import io.gangway.exchange.Repairs;
import io.gangway.exchange.RequestFacts;
import io.gangway.exchange.ResponseHead;
import io.gangway.exchange.Wire;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Header;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A client that never waits, and does what a test says: it sends its body in pieces, takes the answer or does not, and leaves. */
final class TestWire implements Wire {
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private RequestFacts facts;
    private final CompletableFuture<EndedExchange> ended = new CompletableFuture<>();
    private final CountDownLatch broken = new CountDownLatch(1);
    private final List<String> events = new CopyOnWriteArrayList<>();
    private volatile @Nullable Error breaking;
    private volatile @Nullable Ending ending;

    // Guarded by this object.
    private @Nullable Events told;
    private final Deque<byte[]> body = new ArrayDeque<>();
    private boolean isBodyWhole;
    private boolean isReadAwaited;
    private boolean isTaking = true;
    private boolean isSlow;
    private boolean isWriteAwaited;
    private final ByteArrayOutputStream answer = new ByteArrayOutputStream();
    private @Nullable ResponseHead head;

    private TestWire(RequestFacts facts) {
        this.facts = facts;
    }

    static TestWire of(String method, String target) {
        String[] parts = target.split("\\?", 2);
        return new TestWire(RequestFacts.of("wire-" + NUMBERS.incrementAndGet(), method)
                .target(target)
                .path("", parts[0])
                .query(parts.length == 1 ? "" : parts[1])
                .build());
    }

    /** A body of this length, or a chunked one if that is not known. */
    TestWire withBody(long length) {
        facts = facts.change()
                .bodyLength(length)
                .headers(List.of(
                        length == RequestFacts.UNKNOWN_LENGTH
                                ? new Header("Transfer-Encoding", "chunked")
                                : new Header("Content-Length", Long.toString(length))))
                .build();
        return this;
    }

    TestWire takingTrailers() {
        facts = facts.change().headers(List.of(new Header("TE", "trailers"))).build();
        return this;
    }

    void serve(Served served) {
        serve((ExchangeApplication) served.application());
    }

    void serve(ExchangeApplication application) {
        new ExchangeRules(ErrorPage.PRODUCTION, new Repairs(), List.of(), ended::complete)
                .serve(facts, this, application);
    }

    String requestId() {
        return facts.requestId();
    }

    // What the client does.

    void sends(byte[] piece) {
        boolean isTold;
        synchronized (this) {
            body.add(piece);
            isTold = isReadAwaited;
            isReadAwaited = false;
        }
        if (isTold) {
            events().readable();
        }
    }

    void endsBody() {
        boolean isTold;
        synchronized (this) {
            isBodyWhole = true;
            isTold = isReadAwaited;
            isReadAwaited = false;
        }
        if (isTold) {
            events().readable();
        }
    }

    /** From now on, what is written is not taken. */
    synchronized void takesNothing() {
        isTaking = false;
    }

    void takesAgain() {
        boolean isTold;
        synchronized (this) {
            isTaking = true;
            isTold = isWriteAwaited;
            isWriteAwaited = false;
        }
        if (isTold) {
            events().writable();
        }
    }

    /** Takes each block a little later than it was written. */
    void takesOneByOne() {
        boolean isTold;
        synchronized (this) {
            isTaking = false;
            isSlow = true;
            isTold = isWriteAwaited;
            isWriteAwaited = false;
        }
        if (isTold) {
            events().writable();
        }
    }

    void leaves() {
        events().left(new ClientException("the client left", new EOFException()));
    }

    /** Everything that is written throws. */
    void breakWith(Error error) {
        breaking = error;
    }

    // What the test sees.

    void awaitBroken() {
        try {
            if (!broken.await(30, TimeUnit.SECONDS)) {
                throw new AssertionError("nothing was written");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    EndedExchange awaitEnd() {
        return ended.orTimeout(30, TimeUnit.SECONDS).join();
    }

    boolean isEnded() {
        return ended.isDone();
    }

    synchronized boolean isReadAwaited() {
        return isReadAwaited;
    }

    synchronized boolean isWriteAwaited() {
        return isWriteAwaited;
    }

    synchronized byte[] received() {
        return answer.toByteArray();
    }

    synchronized int status() {
        return head == null ? 0 : head.code();
    }

    void awaitReadAwaited() {
        await().until(this::isReadAwaited);
    }

    /** For example {@code write 5 flush}. */
    List<String> log() {
        return events;
    }

    private synchronized Events events() {
        return requireNonNull(told);
    }

    // The wire.

    @Override
    public synchronized void attach(Events wanting) {
        told = wanting;
    }

    @Override
    public synchronized int read(byte[] target, int offset, int length) {
        byte[] piece = body.poll();
        if (piece == null) {
            isReadAwaited = !isBodyWhole;
            return isBodyWhole ? -1 : 0;
        }
        int count = Math.min(length, piece.length);
        System.arraycopy(piece, 0, target, offset, count);
        if (count < piece.length) {
            body.addFirst(Arrays.copyOfRange(piece, count, piece.length));
        }
        return count;
    }

    private void breakIfAsked() {
        Error error = breaking;
        if (error != null) {
            broken.countDown();
            throw error;
        }
    }

    @Override
    public synchronized void head(ResponseHead given) {
        breakIfAsked();
        head = given;
        events.add("head " + given.code());
    }

    @Override
    public synchronized boolean write(byte[] data, int offset, int length, boolean flush) {
        breakIfAsked();
        events.add("write " + length + (flush ? " flush" : ""));
        answer.write(data, offset, length);
        isWriteAwaited = !isTaking && !isSlow;
        if (isSlow) {
            events().writable(); // within the call, as some containers do
        }
        return isTaking;
    }

    @Override
    public void trailers(List<Header> trailers) {
        events.add("trailers "
                + trailers.stream()
                        .map(trailer -> trailer.name() + "=" + trailer.value())
                        .toList());
    }

    @Override
    public void end(Ending how) {
        ending = how;
        events.add("end " + how);
        events().ended();
    }

    @Nullable
    Ending ending() {
        return ending;
    }
}
