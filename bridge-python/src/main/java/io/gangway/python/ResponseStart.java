package io.gangway.python;

import io.gangway.python.protocol.Frame;
import io.gangway.python.protocol.ProtocolException;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.StartResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a HEAD frame says: the arguments of start_response.
 *
 * @param contentLength bytes that the headers promise; -1 if they promise none, or nothing that can be understood
 */
record ResponseStart(String status, List<Header> headers, long contentLength) {
    private static final long UNKNOWN = -1;

    /** Digits that surely fit a long. */
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

    static ResponseStart of(Frame head) throws ProtocolException {
        List<String> fields = head.fields();
        List<Header> headers = new ArrayList<>(fields.size() / 2);
        long contentLength = UNKNOWN;
        for (int i = 1; i + 1 < fields.size(); i += 2) {
            Header header = new Header(fields.get(i), fields.get(i + 1));
            headers.add(header);
            if (header.is("Content-Length")) {
                contentLength = promised(header.value());
            }
        }
        return new ResponseStart(fields.get(0), headers, contentLength);
    }

    static long promised(String length) {
        // What else it may be, the server's half of the rules refuses (W63).
        return LENGTH.matcher(length).matches() ? Long.parseLong(length) : UNKNOWN;
    }

    void call(StartResponse startResponse) {
        startResponse.start(status, headers);
    }
}
