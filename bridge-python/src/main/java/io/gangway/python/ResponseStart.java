package io.gangway.python;

import io.gangway.python.protocol.Frame;
import io.gangway.python.protocol.ProtocolException;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.StartResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The content of a HEAD frame: the arguments of start_response.
 *
 * @param contentLength the value of Content-Length, in bytes; -1 without this header, or if its value is no number
 */
record ResponseStart(String status, List<Header> headers, long contentLength) {
    private static final long UNKNOWN = -1;

    /** At most as many digits as always fit a long. */
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
        // The server's half of the rules refuses any other value (W63).
        return LENGTH.matcher(length).matches() ? Long.parseLong(length) : UNKNOWN;
    }

    void call(StartResponse startResponse) {
        startResponse.start(status, headers);
    }
}
