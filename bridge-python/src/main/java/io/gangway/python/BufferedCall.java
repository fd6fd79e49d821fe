package io.gangway.python;

import io.gangway.buffer.BodyBuffer;
import io.gangway.server.SuspendableApplication.Resumption;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.StartResponse;
import java.util.Iterator;

/**
 * The pending call of a request whose body was collected. It closes the body as soon as the worker cannot pull from it any more, also
 * after a failure.
 */
record BufferedCall(Resumption pending, BodyBuffer body) implements Resumption {
    @Override
    public Iterable<byte[]> call(Environ environ, StartResponse startResponse) throws Exception {
        boolean isHandedOn = false;
        try {
            Iterable<byte[]> response = pending.call(environ, startResponse);
            if (response instanceof WorkerBody live) {
                isHandedOn = true;
                return new LiveResponse(live, body);
            }
            return response;
        } finally {
            if (!isHandedOn) {
                body.close();
            }
        }
    }

    /** A body in a file is closed by a thread that may wait for a disk. */
    @Override
    public int size() {
        return body.isInFile() ? UNKNOWN_SIZE : pending.size();
    }

    @Override
    public void drop() {
        try {
            pending.drop();
        } finally {
            body.close();
        }
    }

    /** A response that the worker is still producing, and for which it may still pull the request's body. */
    private record LiveResponse(WorkerBody response, BodyBuffer body) implements Iterable<byte[]>, AutoCloseable {
        @Override
        public Iterator<byte[]> iterator() {
            return response.iterator();
        }

        @Override
        public void close() {
            try {
                response.close();
            } finally {
                body.close();
            }
        }
    }
}
