package io.gangway.python;

import static java.util.Objects.requireNonNull;

import io.gangway.exchange.Exchange;
import io.gangway.exchange.ExchangeListener;
import io.gangway.exchange.ResponseHead;
import io.gangway.exchange.ServerAnswer;
import io.gangway.python.dispatch.Dispatcher;
import io.gangway.python.dispatch.WorkerConnection;
import io.gangway.python.loop.LoopLogger;
import io.gangway.python.protocol.ExchangeState.Event;
import io.gangway.python.protocol.Frame;
import io.gangway.python.protocol.FrameEncoder;
import io.gangway.python.protocol.FrameType;
import io.gangway.python.protocol.ProtocolException;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.FileWrapper;
import io.gangway.wsgi.Header;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One exchange with a worker: the request's body as far as it is read first, the claim, the request, and the answer's frames as calls of the {@link Exchange}.
 *
 * <p>Nothing waits here. Until a worker is granted, the exchange belongs to the thread that reads its body, or to the dispatcher's queue. After that, everything of it
 * happens on the connection's loop: what the client does is told by any thread, and goes there by {@link WorkerConnection#execute}. It leaves the loop only with
 * a file, after the connection has been given back.
 *
 * <p>The connection is given back before the exchange is ended, because its worker is idle then.
 */
final class WorkerExchange implements WorkerLease.Holder, ExchangeListener, BodyReading.Owner {
    private static final Logger LOG = LoopLogger.of("io.gangway.python");

    private final Dispatcher dispatcher;
    private final WorkerLease lease;
    private final Exchange exchange;
    private final BodyReading reading;
    private final AnswerGiving giving;
    private final boolean areFilesOpened;

    private WorkerRequest request;
    private PulledBody body;
    private volatile @Nullable ClientException gone;
    /** Whether the client has closed its side, and the application is to be told. */
    private volatile boolean isClosing;

    private volatile boolean isEnded;

    // Used by the loop.

    /** Whether the application has announced trailers. */
    private boolean hasTrailers;

    /** Whether the worker is held up, because the client takes nothing. */
    private boolean isPaused;

    /** Whether a task of the loop ends the pause in time. */
    private boolean isLookedAfter;
    /** What is to be done when the client has all that is stored of the answer. */
    private @Nullable Runnable conclusion;

    private final Runnable whenClosed = this::cutOff;
    /** An open file, to be sent when the worker has ended the exchange. */
    private @Nullable FileWrapper file;

    /** Whether the server has the exchange, to send a file. */
    private boolean isFileGiven;

    /**
     * An exchange that has not begun.
     *
     * @param buffering what becomes of the answer
     */
    WorkerExchange(Dispatcher dispatcher, Exchange exchange, BodyReading reading, BufferPolicy buffering) {
        this.dispatcher = dispatcher;
        this.lease = new WorkerLease(dispatcher, this);
        this.exchange = exchange;
        this.reading = reading;
        this.request = reading.request();
        this.body = new PulledBody(request, exchange);
        boolean isStored = buffering.isResponseStored() && !request.isAsgi();
        this.giving = new AnswerGiving(exchange, request, isStored ? reading.store() : null, buffering.maxHeld());
        this.areFilesOpened = buffering.areFilesOpened();
    }

    // Before a worker is granted.

    /** Reads what is to be read first, and then sends the request as soon as a worker can take it. */
    void begin() {
        exchange.listen(this);
        reading.begin(this);
    }

    @Override
    public void bodyRead(WorkerRequest whole) {
        request = whole;
        body = new PulledBody(whole, exchange);
        lease.claim(whole);
    }

    @Override
    public void bodyLost(Throwable problem) {
        Optional<ServerAnswer> refusal = BodyRefusal.of(request, reading.store(), problem);
        if (refusal.isPresent()) {
            answer(refusal.get());
        } else {
            fail(problem);
        }
    }

    @Override
    public void claimed() {
        withdrawIfLeft();
    }

    /** The client may leave while the request is on its way into the queue: whoever comes second finds it there. */
    private void withdrawIfLeft() {
        ClientException how = gone;
        if (how != null && lease.withdraw()) {
            fail(how);
        }
    }

    @Override
    public void granted(WorkerConnection serving) {
        if (gone != null) {
            lease.onLoop(granted -> giveUpIfLeft());
        }
        if (isClosing) {
            lease.onLoop(this::tellClosing);
        }
    }

    // The client, on any thread.

    @Override
    public void readable() {
        boolean isGranted = lease.onLoop(serving -> {
            if (body.isAwaited() && lease.isHeld()) {
                lease.attempt(() -> body.sendOn(serving));
            }
        });
        if (!isGranted) {
            reading.proceed();
        }
    }

    @Override
    public void writable() {
        lease.onLoop(serving -> {
            if (isGiving()) {
                giveOn(serving);
            }
        });
    }

    /** An application that only waits could not notice otherwise (A11); WSGI has no way to tell. */
    @Override
    public boolean isClosingWanted() {
        return request.isAsgi();
    }

    @Override
    public void closing() {
        isClosing = true;
        lease.onLoop(this::tellClosing);
    }

    /** Before the end of the body, the failure to read it tells. */
    private void tellClosing(WorkerConnection serving) {
        if (lease.isHeld() && isGiving() && serving.worker().isAsgi() && body.isEntire()) {
            serving.send(Event.LEFT, ByteBuffer.wrap(FrameEncoder.empty(FrameType.LEFT)));
        }
    }

    @Override
    public void left(ClientException how) {
        gone = how;
        reading.left(how);
        withdrawIfLeft();
        lease.onLoop(serving -> giveUpIfLeft());
    }

    /** A worker that is still busy with it finds its connection closed, and closes the iterable (W65). */
    private void giveUpIfLeft() {
        ClientException how = gone;
        if (how != null && isGiving()) {
            lease.release();
            fail(how);
        }
    }

    /** Whether this exchange is still the loop's. */
    private boolean isGiving() {
        return !isEnded && !isFileGiven;
    }

    // The answer, on the loop.

    @Override
    public void received(WorkerConnection serving, Frame frame) throws ProtocolException {
        if (isEnded) {
            endLate(frame);
        } else if (file != null) {
            lease.release(); // END; even after ABORT, the file is complete
            sendFile(serving, file);
        } else {
            take(serving, frame);
        }
    }

    private void take(WorkerConnection serving, Frame frame) throws ProtocolException {
        switch (frame.type()) {
            case HEAD, TRAILED_HEAD -> head(serving, frame.fields(), frame.type() == FrameType.TRAILED_HEAD);
            case TRAILERS -> {
                List<Header> trailers = headers(frame.fields());
                lease.attempt(() -> exchange.trailers(trailers));
            }
            case DATA -> data(serving, frame.payload());
            case END -> {
                lease.release();
                conclude(this::end);
            }
            case ABORT -> {
                Exception problem = problem(frame);
                lease.release();
                conclude(() -> fail(problem));
            }
            case PULL -> {
                int wanted = frame.wanted();
                lease.attempt(() -> body.pulled(serving, wanted));
            }
            case FILE -> offered(serving, frame);
            default -> throw new ProtocolException(frame.type() + " for an HTTP request");
        }
    }

    /** Only an ASGI worker sends a head alone: its application waits for something before the first byte, and the client must see that it is served (A14). */
    private void head(WorkerConnection serving, List<String> fields, boolean isTrailed) throws ProtocolException {
        hasTrailers = isTrailed;
        boolean isAsgi = serving.worker().isAsgi();
        String where = isAsgi ? ResponseHead.HTTP_START : ResponseHead.START_RESPONSE;
        boolean isAlone = isAsgi && serving.peek() == null;
        boolean[] isMoreWanted = {true};
        boolean isDone = lease.attempt(() -> {
            exchange.head(where, fields.get(0), headers(fields), isTrailed);
            isMoreWanted[0] = !isAlone || giving.giveHead();
        });
        if (isDone && !isMoreWanted[0]) {
            hold(serving);
        }
    }

    /** From the second field on. */
    static List<Header> headers(List<String> fields) {
        Header[] headers = new Header[fields.size() / 2];
        for (int i = 0; i < headers.length; i++) {
            headers[i] = new Header(fields.get(2 * i + 1), fields.get(2 * i + 2));
        }
        return List.of(headers);
    }

    /** What has come already is joined: the last of it is flushed, because what follows may come much later (W61). */
    private void data(WorkerConnection serving, byte[] block) throws ProtocolException {
        Frame next = serving.peek();
        boolean isLast = next != null && next.type() == FrameType.END;
        if (isLast) {
            serving.poll();
            lease.release();
        }
        // Blocks of a length that is not known leave as such, whether they came together or not.
        boolean isStream = exchange.isCommitted() && exchange.missing() < 0;
        boolean isWhole = body.isOver()
                && giving.isAllGiven()
                && exchange.missing() == block.length
                && !hasTrailers; // the end flushes it
        boolean isFlushed = isLast ? isStream : next == null && !isWhole;
        boolean[] isMoreWanted = {true};
        if (!lease.attempt(() -> isMoreWanted[0] = giving.give(block, isFlushed))) {
            return;
        }
        if (isLast) {
            conclude(this::end);
        } else if (!endIfSettled(serving) && !isMoreWanted[0]) {
            hold(serving);
        }
    }

    /** Ends the exchange if the client has all that it can get; the worker may end it later. Returns whether the exchange has ended. */
    private boolean endIfSettled(WorkerConnection serving) {
        if (exchange.isSettled()) { // no further byte can reach the client
            lease.release();
            end();
        } else if (exchange.missing() == 0
                && !exchange.areTrailersDue()
                && giving.isAllGiven()
                && body.isOver()
                && lease.isHeld()) {
            end();
            goOn(serving); // its end is still to be read
        }
        return isEnded;
    }

    /** Lets the worker wait for the client, but not for long if the answer can be stored in a file. */
    private void hold(WorkerConnection serving) {
        isPaused = true;
        serving.pause();
        if (giving.holds() && !isLookedAfter) {
            isLookedAfter = true;
            look(serving, serving.isWorkerWanted() ? Duration.ZERO : AnswerGiving.LOOK);
        }
    }

    private void look(WorkerConnection serving, Duration delay) {
        serving.schedule(delay, () -> {
            isLookedAfter = isPaused && isGiving();
            if (isLookedAfter && giving.useFileIfDue(serving.isWorkerWanted())) {
                isLookedAfter = false;
                goOn(serving);
            } else if (isLookedAfter) {
                look(serving, AnswerGiving.LOOK);
            }
        });
    }

    private void goOn(WorkerConnection serving) {
        if (isPaused && lease.isHeld() && giving.hasRoom()) {
            isPaused = false;
            giving.goesOn();
            serving.resume();
        }
    }

    /** The client has made room. */
    private void giveOn(WorkerConnection serving) {
        Runnable last = conclusion;
        if (!lease.attempt(giving::proceed) || endIfSettled(serving)) {
            return;
        }
        if (last != null && giving.isAllGiven()) {
            last.run();
        } else {
            goOn(serving);
        }
    }

    /** Ends the exchange when the client has what is stored of the answer. */
    private void conclude(Runnable how) {
        if (giving.isAllGiven()) {
            how.run();
        } else {
            conclusion = how;
            dispatcher.remember(whenClosed);
        }
    }

    /** The loop ends before the client has taken what is stored of the answer. */
    private void cutOff() {
        if (!isEnded) {
            fail(new IOException("the application was stopped before the client had taken its whole answer"));
        }
    }

    /** The worker sent a frame after the last byte of the response: this can only be logged. */
    private void endLate(Frame frame) throws ProtocolException {
        if (frame.type() == FrameType.TRAILERS) {
            return; // the client takes none, and its end is still to be read
        }
        if (frame.type() == FrameType.ABORT) {
            Exception problem = PythonApplicationException.of(frame);
            LOG.log(Level.ERROR, () -> request.name() + ": answered, but failed afterwards: " + problem.getMessage());
        } else if (frame.type() != FrameType.END) {
            LOG.log(
                    Level.ERROR,
                    () -> request.name() + ": answered, but W63: the application went on where its Content-Length had"
                            + " ended. Fix: send the length that the body has, in bytes");
        }
        lease.release();
    }

    private void offered(WorkerConnection serving, Frame offer) throws ProtocolException {
        // After other blocks, the worker sends the file's bytes as blocks.
        FileWrapper opened = exchange.isCommitted() || !areFilesOpened
                ? null
                : OfferedFile.open(offer).orElse(null);
        file = opened;
        serving.send(
                opened == null ? Event.FILE_REFUSED : Event.FILE_SENT,
                ByteBuffer.wrap(
                        FrameEncoder.fields(FrameType.FILE_REPLY, List.of(opened == null ? "refused" : "sent"))));
    }

    private void sendFile(WorkerConnection serving, FileWrapper opened) {
        isFileGiven = true;
        try {
            exchange.send(opened, serving::executeAfterOthers, this::fileSent);
        } catch (IOException | RuntimeException e) {
            if (isEnded) {
                throw e instanceof RuntimeException failure ? failure : new IllegalStateException(e);
            }
            fileSent(e);
        }
    }

    private void fileSent(@Nullable Throwable problem) {
        if (problem == null) {
            end();
        } else {
            fail(problem);
        }
    }

    /** The exception that an ABORT means for the server. */
    private Exception problem(Frame abort) throws ProtocolException {
        boolean isClients = abort.fields(3).get(0).equals("client");
        Exception known = body.problem();
        if (isClients && known == null && isClosing) {
            known = new ClientException(
                    "the client closed its connection before the answer", PythonApplicationException.of(abort));
        }
        return isClients && known != null ? known : PythonApplicationException.of(abort);
    }

    @Override
    public boolean endsAlone(WorkerConnection serving) {
        boolean isComplete = file != null && !isEnded;
        if (isComplete) {
            sendFile(serving, requireNonNull(file));
        }
        return isComplete;
    }

    @Override
    public boolean isEnded() {
        return isEnded;
    }

    @Override
    public boolean isCommitted() {
        return exchange.isCommitted();
    }

    @Override
    public void breakOff(WorkerDiedException why) {
        conclude(() -> fail(why));
    }

    // The end, once.

    private void end() {
        over();
        exchange.end();
    }

    @Override
    public void fail(Throwable problem) {
        over();
        exchange.fail(problem);
    }

    @Override
    public void answer(ServerAnswer answer) {
        over();
        exchange.answer(answer);
    }

    private void over() {
        isEnded = true;
        reading.close();
        giving.close();
        dispatcher.forget(whenClosed);
        OfferedFile.close(file);
    }
}
