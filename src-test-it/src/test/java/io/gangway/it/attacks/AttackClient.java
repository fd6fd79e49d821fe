package io.gangway.it.attacks;

import io.gangway.it.client.Answer;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * A connection with one request on it, or two, which can be stopped in every {@link State}; a table of what it does is in
 * {@link RequestAttacker}. Used by one thread.
 */
interface AttackClient extends AutoCloseable {
    /** Sends so much of the request; of the last one, if there are two. */
    void send(List<TestRequest> requests, State.Sent sent) throws IOException;

    /** Waits for the first answer's head. */
    void awaitHead() throws IOException;

    /** Waits for the begin of the first answer's body. */
    void awaitBlock() throws IOException;

    /** Waits for the first answer. */
    Answer awaitAnswer() throws IOException;

    /** Sends the rest, and reads all answers that were not read; by the numbers of those requests, from 0 on. */
    Map<Integer, Answer> goOn() throws IOException;

    /** Reads until the server closes the connection or, in HTTP/2, has ended all streams; the answers by number, as above. */
    Map<Integer, Answer> readToEnd() throws IOException;

    void resetConnection() throws IOException;

    void halfClose() throws IOException;

    /** Closes without waiting for the server. */
    void leave() throws IOException;

    @Override
    void close() throws IOException;
}
