package io.gangway.python;

import static java.util.Objects.requireNonNull;

import io.gangway.exchange.Exchange;
import io.gangway.exchange.ExchangeListener;
import io.gangway.exchange.ServerAnswer;
import io.gangway.python.dispatch.AnswerListener;
import io.gangway.python.dispatch.Claim;
import io.gangway.python.dispatch.Dispatcher;
import io.gangway.python.dispatch.RefusedException;
import io.gangway.python.dispatch.RequestFrames;
import io.gangway.python.dispatch.WorkerConnection;
import io.gangway.python.dispatch.WorkerEnd;
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
final class WorkerExchange implements Claim, AnswerListener, ExchangeListener, BodyReading.Owner {
    /** Seconds after which a refused client may try again: most queues are shorter by then. */
    static final String RETRY_AFTER = "1";

    /** Max broken connections that one request may get before a worker takes it: more than a worker that died has left. */
    private static final int MAX_ATTEMPTS = 100;

    private static final Logger LOG = LoopLogger.of("io.gangway.python");

    private final Dispatcher dispatcher;
    private final Exchange exchange;
    private final BodyReading reading;
    private final AnswerGiving giving;
    private final boolean areFilesOpened;

    private WorkerRequest request;
    private PulledBody body;
    private @Nullable RequestFrames frames;
    private int attempts;

    private volatile @Nullable ClientException gone;
    /** Whether the client has closed its side, and the application is to be told. */
    private volatile boolean isClosing;

    private volatile @Nullable WorkerConnection connection;
    private volatile boolean isEnded;

    // Used by the loop.

    /** Whether this exchange has to give the connection back. */
    private boolean isHolding;

    /** Whether anything of an answer has come: then it is too late for another worker. */
    private boolean isBegun;

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
        try {
            frames = whole.frames();
        } catch (RuntimeException e) { // a text that no frame can carry
            fail(e);
            return;
        }
        claim();
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

    private void claim() {
        attempts++;
        connection = null;
        if (attempts <= MAX_ATTEMPTS) {
            dispatcher.claim(this);
            withdrawIfLeft();
            return;
        }
        LOG.log(Level.ERROR, () -> request.name() + ": answered 502: no worker lived long enough to take it");
        answer(ServerAnswer.of("502 Bad Gateway", request.id()));
    }

    /** The client may leave while the request is on its way into the queue: whoever comes second finds it there. */
    private void withdrawIfLeft() {
        ClientException how = gone;
        if (how != null && dispatcher.withdraw(this)) {
            fail(how);
        }
    }

    @Override
    public void granted(WorkerConnection free) {
        RequestFrames sent = framesFor(free);
        connection = free;
        isHolding = true;
        free.begin(request.event(), sent, request.name(), this);
        if (gone != null) {
            free.execute(() -> giveUpIfLeft(free));
        }
        if (isClosing) {
            free.execute(() -> tellClosing(free));
        }
    }

    /** A reload may have replaced a WSGI application by an ASGI application since the request came, or the other way around. */
    private RequestFrames framesFor(WorkerConnection free) {
        boolean isAsgi = free.worker().isAsgi();
        return isAsgi == request.isAsgi()
                ? requireNonNull(frames)
                : request.as(isAsgi).frames();
    }

    @Override
    public void refused(RefusedException why) {
        dispatcher.refusals().refused(request.name(), why);
        answer(ServerAnswer.of("503 Service Unavailable", request.id(), new Header("Retry-After", RETRY_AFTER)));
    }

    @Override
    public void failed(Throwable problem) {
        isHolding = false;
        fail(problem);
    }

    // The client, on any thread.

    @Override
    public void readable() {
        WorkerConnection serving = connection;
        if (serving == null) {
            reading.proceed();
        } else {
            serving.execute(() -> {
                if (body.isAwaited() && isHolding) {
                    attempt(serving, () -> body.sendOn(serving));
                }
            });
        }
    }

    @Override
    public void writable() {
        WorkerConnection serving = connection;
        if (serving != null) {
            serving.execute(() -> {
                if (isGiving(serving)) {
                    giveOn(serving);
                }
            });
        }
    }

    /** An application that only waits could not notice otherwise (A11); WSGI has no way to tell. */
    @Override
    public boolean isClosingWanted() {
        return request.isAsgi();
    }

    @Override
    public void closing() {
        isClosing = true;
        WorkerConnection serving = connection;
        if (serving != null) {
            serving.execute(() -> tellClosing(serving));
        }
    }

    /** Before the end of the body, the failure to read it tells. */
    private void tellClosing(WorkerConnection serving) {
        if (isHolding && isGiving(serving) && serving.worker().isAsgi() && body.isEntire()) {
            serving.send(Event.LEFT, ByteBuffer.wrap(FrameEncoder.empty(FrameType.LEFT)));
        }
    }

    @Override
    public void left(ClientException how) {
        gone = how;
        reading.left(how);
        withdrawIfLeft();
        WorkerConnection serving = connection;
        if (serving != null) {
            serving.execute(() -> giveUpIfLeft(serving));
        }
    }

    /** A worker that is still busy with it finds its connection closed, and closes the iterable (W65). */
    private void giveUpIfLeft(WorkerConnection serving) {
        ClientException how = gone;
        if (how != null && isGiving(serving)) {
            if (isHolding) {
                release(serving);
            }
            fail(how);
        }
    }

    /** Whether this exchange is still the loop's, and neither over nor begun anew with another connection. */
    private boolean isGiving(WorkerConnection serving) {
        return connection == serving && !isEnded && !isFileGiven;
    }

    // The answer, on the loop.

    @Override
    public void received(WorkerConnection serving, Frame frame) throws ProtocolException {
        isBegun = true;
        if (isEnded) {
            endLate(serving, frame);
        } else if (file != null) {
            release(serving); // END; even after ABORT, the file is complete
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
                attempt(serving, () -> exchange.trailers(trailers));
            }
            case DATA -> data(serving, frame.payload());
            case END -> {
                release(serving);
                conclude(this::end);
            }
            case ABORT -> {
                Exception problem = problem(frame);
                release(serving);
                conclude(() -> fail(problem));
            }
            case PULL -> {
                int wanted = frame.wanted();
                attempt(serving, () -> body.pulled(serving, wanted));
            }
            case FILE -> offered(serving, frame);
            default -> throw new ProtocolException(frame.type() + " for an HTTP request");
        }
    }

    /** Only an ASGI worker sends a head alone: its application waits for something before the first byte, and the client must see that it is served (A14). */
    private void head(WorkerConnection serving, List<String> fields, boolean isTrailed) throws ProtocolException {
        hasTrailers = isTrailed;
        boolean isAlone = serving.worker().isAsgi() && serving.peek() == null;
        boolean[] isMoreWanted = {true};
        boolean isDone = attempt(serving, () -> {
            exchange.head(fields.get(0), headers(fields), isTrailed);
            isMoreWanted[0] = !isAlone || giving.giveHead();
        });
        if (isDone && !isMoreWanted[0]) {
            hold(serving);
        }
    }

    /** From the second field on. */
    private static List<Header> headers(List<String> fields) {
        Header[] headers = new Header[fields.size() / 2];
        for (int i = 0; i < headers.length; i++) {
            headers[i] = new Header(fields.get(2 * i + 1), fields.get(2 * i + 2));
        }
        return List.of(headers);
    }

    /** A part of an exchange that fails if the client has left, or if the application has broken a rule. */
    @FunctionalInterface
    private interface Part {
        void run() throws IOException;
    }

    /** Returns whether it was done; if not, the exchange has failed. */
    private boolean attempt(WorkerConnection serving, Part part) {
        try {
            part.run();
            return true;
        } catch (IOException | RuntimeException e) {
            if (isHolding) {
                release(serving);
            }
            fail(e);
            return false;
        }
    }

    /** What has come already is joined: the last of it is flushed, because what follows may come much later (W61). */
    private void data(WorkerConnection serving, byte[] block) throws ProtocolException {
        Frame next = serving.peek();
        boolean isLast = next != null && next.type() == FrameType.END;
        if (isLast) {
            serving.poll();
            release(serving);
        }
        // Blocks of a length that is not known leave as such, whether they came together or not.
        boolean isStream = exchange.isCommitted() && exchange.missing() < 0;
        boolean isWhole = body.isOver()
                && giving.isAllGiven()
                && exchange.missing() == block.length
                && !hasTrailers; // the end flushes it
        boolean isFlushed = isLast ? isStream : next == null && !isWhole;
        boolean[] isMoreWanted = {true};
        if (!attempt(serving, () -> isMoreWanted[0] = giving.give(block, isFlushed))) {
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
            if (isHolding) {
                release(serving);
            }
            end();
        } else if (exchange.missing() == 0
                && !exchange.areTrailersDue()
                && giving.isAllGiven()
                && body.isOver()
                && isHolding) {
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
            isLookedAfter = isPaused && isGiving(serving);
            if (isLookedAfter && giving.useFileIfDue(serving.isWorkerWanted())) {
                isLookedAfter = false;
                goOn(serving);
            } else if (isLookedAfter) {
                look(serving, AnswerGiving.LOOK);
            }
        });
    }

    private void goOn(WorkerConnection serving) {
        if (isPaused && isHolding && giving.hasRoom()) {
            isPaused = false;
            giving.goesOn();
            serving.resume();
        }
    }

    /** The client has made room. */
    private void giveOn(WorkerConnection serving) {
        Runnable last = conclusion;
        if (!attempt(serving, giving::proceed) || endIfSettled(serving)) {
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
    private void endLate(WorkerConnection serving, Frame frame) throws ProtocolException {
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
        release(serving);
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
    public void ended(WorkerConnection serving, @Nullable ProtocolException fault) {
        release(serving);
        if (isEnded) {
            LOG.log(
                    Level.ERROR,
                    () -> request.name() + ": answered, but worker "
                            + serving.worker().pid() + " did not end the exchange");
        } else if (file != null) {
            sendFile(serving, file);
        } else if (!isBegun && fault == null && !serving.isTimedOut() && !serving.isTaken()) {
            claim();
        } else {
            lost(serving, new WorkerLoss(serving, fault));
        }
    }

    private void lost(WorkerConnection serving, WorkerLoss loss) {
        if (loss.needsReport()) {
            dispatcher.awaitEnd(serving, report -> replaced(loss, report));
        } else {
            replaced(loss, Optional.empty());
        }
    }

    /** The answer in place of the worker's. */
    private void replaced(WorkerLoss loss, Optional<WorkerEnd> report) {
        String happened = loss.inWords(report);
        if (isEnded) { // the client has left meanwhile, or has all that it can get
            LOG.log(Level.ERROR, () -> request.name() + ": " + happened);
        } else if (exchange.isCommitted()) {
            conclude(() -> fail(new WorkerDiedException(happened)));
        } else {
            LOG.log(
                    Level.ERROR,
                    () -> request.name() + ": answered " + loss.status().substring(0, 3) + ": " + happened);
            answer(ServerAnswer.of(loss.status(), request.id()));
        }
    }

    @Override
    public void failed(WorkerConnection serving, Throwable problem) {
        try {
            if (isHolding) {
                release(serving);
            }
        } finally {
            if (isEnded) {
                LOG.log(Level.ERROR, request.name() + ": answered, but then something in Gangway failed", problem);
            } else {
                fail(problem);
            }
        }
    }

    private void release(WorkerConnection serving) {
        isHolding = false;
        dispatcher.release(serving);
    }

    // The end, once.

    private void end() {
        over();
        exchange.end();
    }

    private void fail(Throwable problem) {
        over();
        exchange.fail(problem);
    }

    private void answer(ServerAnswer answer) {
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
