package io.gangway.python;

import io.gangway.python.protocol.Frame;
import io.gangway.python.protocol.ProtocolException;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.StartResponse;
import java.util.ArrayList;
import java.util.List;

/**
 * What a HEAD frame says: the arguments of start_response.
 *
 * @param contentLength bytes that the headers promise; -1 if they promise none, or nothing that can be understood
 */
record ResponseStart(String status, List<Header> headers, long contentLength) {
    private static final long UNKNOWN = -1;

    static ResponseStart of(Frame head) throws ProtocolException {
        List<String> fields = head.fields();
        List<Header> headers = new ArrayList<>(fields.size() / 2);
        long contentLength = UNKNOWN;
        for (int i = 1; i + 1 < fields.size(); i += 2) {
            Header header = new Header(fields.get(i), fields.get(i + 1));
            headers.add(header);
            if (header.is("Content-Length")) {
                contentLength = parsed(header.value());
            }
        }
        return new ResponseStart(fields.get(0), headers, contentLength);
    }

    private static long parsed(String length) {
        try {
            return Long.parseLong(length);
        } catch (NumberFormatException e) {
            return UNKNOWN; // the server's half of the rules says what is wrong with it
        }
    }

    void call(StartResponse startResponse) {
        startResponse.start(status, headers);
    }
}
