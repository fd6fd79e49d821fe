package io.gangway.python;

import io.gangway.buffer.BodyBuffer;
import io.gangway.server.SuspendableApplication.Resumption;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.StartResponse;
import java.util.Iterator;

/**
 * The rest of a call whose request body was collected: lets go of the body as soon as the worker cannot ask for it any more, whatever
 * happens.
 */
record BufferedRest(Resumption rest, BodyBuffer body) implements Resumption {
    @Override
    public Iterable<byte[]> call(Environ environ, StartResponse startResponse) throws Exception {
        boolean isHandedOn = false;
        try {
            Iterable<byte[]> response = rest.call(environ, startResponse);
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
        return body.isInFile() ? UNKNOWN_SIZE : rest.size();
    }

    @Override
    public void drop() {
        try {
            rest.drop();
        } finally {
            body.close();
        }
    }

    /** A response that the worker produces still, and may read the request's body for. */
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
