package io.gangway.exchange;

import static io.gangway.exchange.ResponseHead.UNKNOWN_LENGTH;

import io.gangway.exchange.Outcome.Ending;
import io.gangway.exchange.ResponseState.Event;
import io.gangway.wsgi.ApplicationViolation;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.FileWrapper;
import io.gangway.wsgi.Header;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response, for any kind of application and any server.
 *
 * <p>An application asks for {@link #facts}, reads the body as it needs it, gives a head, and bytes, and ends the exchange once. The exchange keeps the
 * rules about responses (W50-W68), so that neither servers nor applications have to:
 *
 * <ul>
 *   <li>headers that belong to the connection are dropped (W52), and {@link Repairs} logs which;
 *   <li>the head is held until the first byte or the end (W57), and can be replaced until then (W55);
 *   <li>the client never gets more bytes than Content-Length declares, and never fewer without an error (W63);
 *   <li>no body is sent where the method or the status has none (W64);
 *   <li>a failure before the head has been sent is answered with 500, or 400 if the client caused it (W68). After that, the response is
 *       {@link Ending#BROKEN}, unless the client already has all of it.
 * </ul>
 *
 * <p><b>Threading.</b> An application uses it on one thread at a time. Events for the {@link ExchangeListener} come from any thread.
 */
public final class Exchange {
    private static final byte[] NOTHING = {};

    private final RequestFacts facts;
    private final Wire wire;
    private final ExchangeRules rules;
    private final boolean isHead;
    private final long arrival = System.currentTimeMillis();
    private final long begin = System.nanoTime();

    private List<ExchangeWatch> watches;

    private ResponseState state = ResponseState.NEW;
    private @Nullable ResponseHead head;
    private boolean isCommitted;
    private boolean isSwallowing;
    /** Whether the client has been promised trailers that have not been given. */
    private boolean areTrailersDue;

    private final BodyCount count = new BodyCount();

    private boolean isSettled;
    private Ending ending = Ending.COMPLETE;
    private @Nullable Throwable problem;
    private volatile @Nullable Outcome outcome;

    private final ClientSide client = new ClientSide(this::ended);

    /**
     * Begins an exchange.
     *
     * @param facts as the steps of the deployment have left them
     * @param wire used by this exchange alone
     * @param rules what the deployment says about all its exchanges
     */
    public Exchange(RequestFacts facts, Wire wire, ExchangeRules rules) {
        this.facts = facts;
        this.wire = wire;
        this.rules = rules;
        this.isHead = facts.method().equals("HEAD");
        this.watches = rules.watches(facts);
        wire.attach(client);
    }

    /**
     * The request.
     *
     * @return the same object each time
     */
    public RequestFacts facts() {
        return facts;
    }

    /**
     * Asks for events. To be called before {@link ExchangeApplication#serve} returns, unless the application is a blocking one.
     *
     * @param wanting called from now on; at once, if the client has left already
     */
    public void listen(ExchangeListener wanting) {
        client.listen(wanting);
    }

    // The request's body.

    /**
     * Whether a {@link #read} on this thread waits for the client, so that nothing can be sent meanwhile.
     *
     * @return false if it returns 0 instead
     */
    public boolean isReadBlocking() {
        return wire.isReadBlocking();
    }

    /**
     * Reads some of the request's body.
     *
     * @param target gets the bytes
     * @param offset of the first one
     * @param length max number; above 0
     * @return how many bytes came; -1 at the end, again and again (W41); 0 if none are here now: {@link ExchangeListener#readable} follows once
     * @throws ClientException if the client stopped in the middle of its body (W43), or has left
     * @throws IOException if the body is lost for another reason (W46)
     * @throws IllegalStateException if the exchange has ended
     */
    public int read(byte[] target, int offset, int length) throws IOException {
        client.throwIfLeft();
        if (outcome != null) {
            throw new IllegalStateException("the request's body was read after its exchange had ended");
        }
        return wire.read(target, offset, length);
    }

    /**
     * Tells that the application reads the request's body no more: it has its whole response, or has failed. To be called before the first byte, or not at all; a server that
     * closes the connection because the rest of the body has not arrived can say so in the head (RFC 9112, section 9.6). {@link #end}, {@link #fail} and {@link #answer} tell
     * it by themselves.
     */
    public void inputIsDone() {
        if (!isCommitted) {
            wire.inputIsDone();
        }
    }

    // The response.

    /**
     * Gives status and headers, which are held until the first byte or the end. A later call replaces them, unless they have been sent.
     *
     * @param status for example {@code 200 OK}
     * @param headers copied, without those that belong to the connection
     * @throws ApplicationViolation if a rule is broken that the server cannot repair; there is no head then
     * @throws IllegalStateException if the head has been sent, or the exchange has ended
     */
    public void head(String status, List<Header> headers) {
        head(ResponseHead.START_RESPONSE, status, headers, false);
    }

    /**
     * Gives status and headers of a response whose body is perhaps followed by trailers, as {@link #head(String, List)}.
     *
     * @param where for messages, as {@link ResponseHead#of(String, String, List)}
     * @param status for example {@code 200 OK}
     * @param headers copied, without those that belong to the connection
     * @param hasTrailers whether {@link #trailers} comes before the end
     * @throws ApplicationViolation if a rule is broken that the server cannot repair; there is no head then
     * @throws IllegalStateException if the head has been sent, or the exchange has ended
     */
    public void head(String where, String status, List<Header> headers, boolean hasTrailers) {
        ResponseState next = state.after(Event.HEAD);
        state = state.after(Event.REFUSED); // unless it passes
        head = null;
        ResponseHead given = ResponseHead.of(where, status, headers).withTrailers(hasTrailers);
        for (ExchangeWatch watch : watches) {
            watch.head(given);
        }
        head = given;
        state = next;
        rules.repairs().log(given, facts);
    }

    /**
     * Sends bytes of the body, and the head before the first of them.
     *
     * @param data the array
     * @param offset of the first byte
     * @param length how many; 0 does nothing (W60)
     * @param flush whether they must reach the client now, because the next bytes may come much later (W61)
     * @return true if the array is free again; false if it must stay as it is, and nothing else be written, until
     *     {@link ExchangeListener#writable}
     * @throws ClientException if the client left
     */
    public boolean write(byte[] data, int offset, int length, boolean flush) throws ClientException {
        if (length == 0) {
            return true;
        }
        for (ExchangeWatch watch : watches) {
            watch.data(length);
        }
        return give(data, offset, length, flush);
    }

    /**
     * Sends the head now, before the first byte of the body, so that the client knows that it is served. Does nothing for a response that has no body: its head is the end.
     *
     * @return true if something else can be written; false if nothing else may be, until {@link ExchangeListener#writable}
     * @throws ClientException if the client left
     */
    public boolean sendHead() throws ClientException {
        if (isCommitted || isHead || requireHead().isBodiless()) {
            return true;
        }
        commit();
        try {
            return wire.write(NOTHING, 0, 0, true);
        } catch (ClientException e) {
            client.lost(e);
            throw e;
        }
    }

    private boolean give(byte[] data, int offset, int length, boolean flush) throws ClientException {
        commit();
        state = state.after(Event.DATA);
        return emit(data, offset, length, flush);
    }

    private boolean emit(byte[] data, int offset, int length, boolean flush) throws ClientException {
        return emit(length, fitting -> wire.write(data, offset, fitting, flush));
    }

    /** Gives bytes to the wire. */
    @FunctionalInterface
    private interface Giving {
        /** Returns whether what they are in is free again. */
        boolean give(int count) throws ClientException;
    }

    private boolean emit(int length, Giving giving) throws ClientException {
        client.throwIfLeft();
        if (isSwallowing) {
            return true;
        }
        // Before the write: afterwards, another thread may have gone on already.
        int fitting = count.taken(length, missing());
        if (fitting == 0) {
            return true;
        }
        try {
            return giving.give(fitting);
        } catch (ClientException e) {
            count.takeBack(fitting);
            client.lost(e);
            throw e;
        }
    }

    /**
     * Sends a file as the rest of the body: its bytes up to Content-Length, which is added if it is missing (W67). It is read as fast as the client takes it.
     *
     * @param body stays open; its owner closes it when the exchange has ended or {@code sent} was run
     * @param sent run when all of it was written, or could not be: on this thread within the call, or later on one of the server's. The
     *     exchange is to be ended then, with the problem, if there is one
     * @throws ClientException if the client left
     * @throws IOException if the file cannot be read
     */
    public void send(FileWrapper body, FileSent sent) throws IOException {
        send(body, next -> false, sent);
    }

    /**
     * Sends a file as {@link #send(FileWrapper, FileSent)} does, on a thread that has other work too.
     *
     * @param body stays open, as there
     * @param turns asked after each few megabytes that a client has taken at once
     * @param sent as there
     * @throws ClientException if the client left
     * @throws IOException if the file cannot be read
     */
    public void send(FileWrapper body, FileTurns turns, FileSent sent) throws IOException {
        long remaining = body.remaining();
        for (ExchangeWatch watch : watches) {
            watch.file(remaining);
        }
        if (remaining != UNKNOWN_LENGTH) {
            supplyLength(remaining);
        }
        commit();
        state = state.after(Event.FILE);
        long promised = head == null ? UNKNOWN_LENGTH : head.contentLength();
        boolean isShort =
                remaining == UNKNOWN_LENGTH || remaining < promised; // the client must see the bytes before the break
        FileSending sending = new FileSending(body, remaining, promised, isShort, new FileTarget(), turns, sent);
        client.sends(sending);
        sending.begin();
    }

    /**
     * Gives the trailers of a response whose head announces them, after all of its body. The end sends them to a client that takes them (A52); no other client gets any.
     *
     * @param trailers copied
     * @throws ApplicationViolation if one of them is not allowed there, or they are too large
     * @throws ClientException if the client left
     */
    public void trailers(List<Header> trailers) throws ClientException {
        List<Header> checked = TrailerRules.checked(trailers);
        client.throwIfLeft();
        if (!isCommitted) {
            commitEmpty();
        }
        state = state.after(Event.TRAILERS);
        if (areTrailersDue) {
            wire.trailers(checked);
            areTrailersDue = false;
        }
    }

    /**
     * Whether the client waits for trailers: not even a body that is complete ends the response then.
     *
     * @return false before the head has been sent
     */
    public boolean areTrailersDue() {
        return areTrailersDue;
    }

    private final class FileTarget implements FileSending.Target {
        @Override
        public void throwIfLeft() throws ClientException {
            client.throwIfLeft();
        }

        @Override
        public boolean isSettled() {
            return Exchange.this.isSettled();
        }

        @Override
        public boolean isDirectTaken() {
            return wire.isDirectTaken();
        }

        @Override
        public boolean take(ByteBuffer data, boolean flush) throws ClientException {
            return data.isDirect()
                    ? emit(data.remaining(), fitting -> wire.write(data.limit(data.position() + fitting), flush))
                    : emit(data.array(), data.arrayOffset() + data.position(), data.remaining(), flush);
        }
    }

    private void commit() throws ClientException {
        if (isCommitted && state != ResponseState.ENDED) {
            return;
        }
        state.after(Event.COMMIT); // or it is out of place
        ResponseHead last = lastHead();
        isSwallowing = isHead || last.isBodiless();
        last = last.withTrailers(last.hasTrailers() && !isSwallowing && TrailerRules.areTaken(facts));
        head = last;
        Event event = Event.COMMIT;
        try {
            client.throwIfLeft();
            wire.head(last);
        } catch (HeadTooLargeException e) {
            event = Event.REFUSED; // an error page can take its place
            throw e;
        } catch (ClientException e) {
            client.lost(e);
            throw e;
        } finally {
            state = state.after(event);
            isCommitted = event == Event.COMMIT;
            areTrailersDue = isCommitted && last.hasTrailers();
        }
    }

    private ResponseHead requireHead() {
        if (head == null) {
            throw new IllegalStateException("bytes or an end without a head. Fix: give a head first");
        }
        return head;
    }

    /** The head as the client gets it. The last step is the nearest to the application. */
    private ResponseHead lastHead() {
        ResponseHead changed = requireHead();
        List<Step> steps = rules.steps();
        for (int i = steps.size() - 1; i >= 0; i--) {
            changed = steps.get(i).head(facts, changed);
        }
        return switch (changed.code()) {
            case 204 -> changed.contentLength() == UNKNOWN_LENGTH ? changed : changed.withContentLength(UNKNOWN_LENGTH);
            case 205 -> changed.withContentLength(0);
            default -> changed;
        };
    }

    /**
     * Adds a Content-Length, if none was given and nothing has been sent (W62).
     *
     * @param length of the whole body, in bytes
     */
    public void supplyLength(long length) {
        ResponseHead given = head;
        if (given != null && !isCommitted && given.contentLength() == UNKNOWN_LENGTH && !given.isBodiless()) {
            head = given.withContentLength(length);
        }
    }

    /**
     * Whether part of the response may have been sent, so that it cannot be replaced any more.
     *
     * @return true from the first byte on
     */
    public boolean isCommitted() {
        return isCommitted;
    }

    /**
     * Whether no further byte can reach the client, because the response has no body or Content-Length is exceeded.
     *
     * @return whether an application may as well stop
     */
    public boolean isSettled() {
        return (isCommitted && isSwallowing) || count.surplus() != null;
    }

    /**
     * The error of a body that exceeded Content-Length; the bytes that fit have been sent.
     *
     * @return null if there is none
     */
    public @Nullable ApplicationViolation surplus() {
        return count.surplus();
    }

    /**
     * How many more bytes Content-Length promises.
     *
     * @return bytes; -1 if there is no Content-Length
     */
    public long missing() {
        if (head == null || head.contentLength() == UNKNOWN_LENGTH) {
            return UNKNOWN_LENGTH;
        }
        return isSwallowing ? 0 : head.contentLength() - count.sent();
    }

    // The end.

    /** Ends the exchange after what was written; an empty body gets its Content-Length (W62), and a body that is too short is a failure (W63). */
    public void end() {
        settle(null);
        conclude(null);
    }

    /**
     * Ends the exchange with a failure: an error page, if nothing has been sent; otherwise the client sees that the response is incomplete.
     *
     * @param failure what happened; a {@link ClientException} behind it says that it is the client's fault
     */
    public void fail(Throwable failure) {
        settle(failure);
        conclude(null);
    }

    /**
     * Decides how the exchange ends, and writes what is still to be written, but does not end it yet: {@link #conclude} must follow.
     *
     * @param failure null if the application gave its whole response
     */
    public void settle(@Nullable Throwable failure) {
        if (isSettled) {
            throw new IllegalStateException("an exchange was ended twice. Fix: end it in one place");
        }
        isSettled = true;
        Throwable found = failure;
        if (found == null) {
            ClientException gone = client.whyLeft();
            found = gone != null ? gone : completed();
        }
        ending = endingOf(found);
        problem = found == null && ending == Ending.CLIENT_LEFT ? client.whyLeft() : found;
        state = ResponseState.ENDED;
    }

    /**
     * Ends the exchange that {@link #settle} has decided.
     *
     * @param later what failed since then, for example the closing of a body; null if nothing did
     */
    public void conclude(@Nullable Throwable later) {
        if (!isSettled || outcome != null) {
            throw new IllegalStateException(
                    "an exchange was concluded twice, or before it was settled. Fix: do both once");
        }
        Outcome decided = new Outcome(ending, problem);
        outcome = later == null ? decided : decided.with(later);
        client.conclude();
        wire.end(ending);
    }

    /** Commits a response without bytes. Returns what is wrong with the response, or null. */
    private @Nullable Throwable completed() {
        try {
            for (ExchangeWatch watch : watches) {
                watch.end();
            }
            if (!isCommitted) {
                commitEmpty();
            }
            ApplicationViolation surplus = count.surplus();
            if (surplus != null) {
                return surplus;
            }
            if (missing() > 0) {
                return BodyCount.tooShort(missing());
            }
            return areTrailersDue ? TrailerRules.missing() : null;
        } catch (IOException | RuntimeException | Error e) { // whatever it is, the client must not wait for the end
            return e;
        }
    }

    private void commitEmpty() throws ClientException {
        ResponseHead given = requireHead();
        boolean bodyExpected = !isHead && !given.isBodiless();
        if (bodyExpected && given.contentLength() > 0) {
            throw BodyCount.tooShort(given.contentLength()); // nothing has been sent: this can still become a 500
        }
        if (bodyExpected) {
            head = given.withContentLength(0);
        }
        inputIsDone();
        commit();
    }

    private Ending endingOf(@Nullable Throwable found) {
        if (client.whyLeft() != null) {
            return Ending.CLIENT_LEFT;
        }
        if (found == null || (isCommitted && (isSwallowing || (missing() == 0 && !areTrailersDue)))) {
            return Ending.COMPLETE;
        }
        if (isCommitted || rules.errorPage() == ErrorPage.NONE) {
            return Ending.BROKEN;
        }
        try {
            replaceBy(rules.errorPage().answer(ClientException.behind(found), facts.requestId(), found));
            return Ending.REPLACED;
        } catch (ClientException e) {
            Outcome.suppress(e, found);
            return Ending.CLIENT_LEFT;
        } catch (Throwable e) { // from the container or the problem's toString(); a body must still be closed
            Outcome.suppress(e, found);
            // Tomcat itself answers 400 as soon as a read finds malformed framing in the request's body.
            return ClientException.isBehind(found) ? Ending.CLIENT_LEFT : Ending.BROKEN;
        }
    }

    /**
     * Gives the server's own answer in an application's place, and ends the exchange.
     *
     * @param answer what to say
     * @throws IllegalStateException if part of a response may have been sent, or the exchange has ended: then only {@link #fail} is left
     */
    public void answer(ServerAnswer answer) {
        state.after(Event.HEAD);
        watches = List.of(); // from here on, nothing is the application's
        Throwable failure = null;
        try {
            replaceBy(answer);
        } catch (ClientException | RuntimeException e) {
            failure = e;
        }
        settle(failure);
        conclude(null);
    }

    private void replaceBy(ServerAnswer answer) throws ClientException {
        state = state.after(Event.HEAD);
        head = answer.head();
        inputIsDone();
        byte[] body = answer.body();
        give(body, 0, body.length, false);
    }

    /** The wire has given the client everything, or can give it nothing more. */
    private void ended() {
        Outcome decided = outcome;
        if (decided == null) {
            throw new IllegalStateException("a wire ended an exchange that had not ended");
        }
        ClientException gone = client.whyLeft();
        Outcome seen = gone != null && decided.ending() != Ending.CLIENT_LEFT && decided.problem() == null
                ? new Outcome(Ending.CLIENT_LEFT, gone)
                : decided;
        ResponseHead last = isCommitted ? head : null;
        int status = last == null ? 0 : last.code();
        List<Header> headers = last == null ? List.of() : last.headers();
        rules.ended(new EndedExchange(facts, status, headers, count.sent(), arrival, System.nanoTime() - begin, seen));
    }
}
