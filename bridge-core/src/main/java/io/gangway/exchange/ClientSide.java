package io.gangway.exchange;

import io.gangway.wsgi.ClientException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What the wire of an exchange reports of the client, and who is told: the application, until it has ended the exchange; or the file that is being sent.
 *
 * <p>Events come from any thread.
 */
final class ClientSide implements Wire.Events {
    private final Runnable whenEnded;
    private final AtomicBoolean isLeavingTold = new AtomicBoolean();
    private volatile @Nullable ExchangeListener listener;
    private volatile @Nullable FileSending file;
    private volatile @Nullable ClientException whyLeft;
    private volatile boolean isConcluded;

    /** @param whenEnded run once, when the wire has ended the exchange */
    ClientSide(Runnable whenEnded) {
        this.whenEnded = whenEnded;
    }

    /** Tells the application from now on; at once, if the client has left already. */
    void listen(ExchangeListener wanting) {
        listener = wanting;
        ClientException gone = whyLeft;
        if (gone != null) {
            tellLeft(wanting, gone);
        }
    }

    /** The client may leave before there is a listener, or at the same moment. */
    private void tellLeft(ExchangeListener wanting, ClientException gone) {
        if (isLeavingTold.compareAndSet(false, true)) {
            wanting.left(gone);
        }
    }

    /** A file goes on by itself from now on. */
    void sends(FileSending sending) {
        file = sending;
    }

    /** The application has ended the exchange, and is told nothing more. */
    void conclude() {
        isConcluded = true;
    }

    /** A call has found that the client has left: the application knows. */
    void lost(ClientException how) {
        whyLeft = how;
    }

    /** Why the client has left; null if it has not. */
    @Nullable
    ClientException whyLeft() {
        return whyLeft;
    }

    /** The application may have caught the exception and gone on, and containers reuse the objects of a request that failed. */
    void throwIfLeft() throws ClientException {
        ClientException gone = whyLeft;
        if (gone != null) {
            throw gone;
        }
    }

    private @Nullable ExchangeListener wanting() {
        return isConcluded ? null : listener;
    }

    @Override
    public void readable() {
        ExchangeListener wanting = wanting();
        if (wanting != null) {
            wanting.readable();
        }
    }

    @Override
    public void writable() {
        FileSending sending = file;
        ExchangeListener wanting = wanting();
        if (sending != null) {
            sending.proceed();
        } else if (wanting != null) {
            wanting.writable();
        }
    }

    @Override
    public boolean isClosingWanted() {
        ExchangeListener wanting = wanting();
        return wanting != null && wanting.isClosingWanted();
    }

    @Override
    public void closing() {
        ExchangeListener wanting = wanting();
        if (wanting != null) {
            wanting.closing();
        }
    }

    @Override
    public void left(ClientException how) {
        whyLeft = how;
        if (isConcluded) {
            return;
        }
        FileSending sending = file;
        ExchangeListener wanting = listener;
        boolean isFilesMatter = sending != null && sending.proceed();
        if (!isFilesMatter && wanting != null) {
            tellLeft(wanting, how);
        }
    }

    @Override
    public void ended() {
        whenEnded.run();
    }
}
