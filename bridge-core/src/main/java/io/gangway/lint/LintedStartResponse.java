package io.gangway.lint;

import io.gangway.exchange.ResponseHead;
import io.gangway.wsgi.ApplicationViolation;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.RuleViolation;
import io.gangway.wsgi.StartResponse;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks both directions of start_response: W50-W54 of the application, W53, W56 and W57 of the server. */
final class LintedStartResponse implements StartResponse {
    private static final String PLACE = "start_response";

    private final StartResponse inner;
    private final LintedResponse state;
    private final Findings findings;

    LintedStartResponse(StartResponse inner, LintedResponse state, Findings findings) {
        this.inner = inner;
        this.state = state;
        this.findings = findings;
    }

    @Override
    public Write start(String status, List<Header> headers, @Nullable Throwable excInfo) {
        if (excInfo != null && state.hasSentHead()) {
            return startTooLate(status, headers, excInfo);
        }
        checkCall(excInfo);
        List<Header> accepted = accepted(status, headers);
        try {
            return checked(inner.start(status, accepted, excInfo));
        } catch (Throwable e) { // also an undeclared checked exception: W56
            if (e == excInfo && !state.mayHaveSentHead()) {
                findings.server(
                        "W57",
                        PLACE,
                        "the head to be held until the first byte of the body, and replaced",
                        "exc_info thrown again, as if the head had been sent",
                        "send the head with the first non-empty block, write, or the end");
            }
            throw e;
        }
    }

    /** Checks a head; returns the headers to pass to the server: the given ones without those that the server would drop. */
    private List<Header> accepted(String status, List<Header> headers) {
        try {
            ResponseHead head = ResponseHead.of(status, headers);
            head.repaired().forEach(findings::repaired);
            state.accept(head);
            return head.repaired().isEmpty() ? headers : head.headers();
        } catch (ApplicationViolation e) {
            state.refuse(e);
            return headers;
        }
    }

    /** W56: the head has been sent, so the server must throw the given exception. */
    private Write startTooLate(String status, List<Header> headers, Throwable excInfo) {
        Write write;
        try {
            write = inner.start(status, headers, excInfo);
        } catch (Throwable e) { // as above
            if (e != excInfo && !(e instanceof RuleViolation)) {
                notThrownAgain(excInfo, e.getClass().getName() + " thrown");
            }
            throw e;
        }
        notThrownAgain(excInfo, "a normal return");
        return checked(write);
    }

    private void notThrownAgain(Throwable excInfo, String found) {
        findings.server(
                "W56",
                PLACE,
                "the given " + excInfo.getClass().getName() + " to be thrown again, because the head has been sent",
                found,
                "throw exc_info itself once the head has been sent");
    }

    private void checkCall(@Nullable Throwable excInfo) {
        boolean first = state.startCalled();
        if (excInfo != null) {
            return;
        }
        if (!first) {
            findings.application(
                    "W54",
                    PLACE,
                    "one call, or a later one with exc_info",
                    "a second call without",
                    "pass the error that made you change the response as third argument");
        } else if (state.isOver()) {
            findings.application(
                    "W02",
                    PLACE,
                    "a call before the first non-empty block, or the end",
                    "a call after the end",
                    "call it in the application, or in the first step of the body's iterator");
        }
    }

    private Write checked(Write write) {
        if (write == null) {
            findings.server(
                    "W53", PLACE, "a write callable to be returned", "null", "return a Write, even if it only throws");
        }
        return data -> passOn(data, write);
    }

    private void passOn(byte[] data, Write write) throws IOException {
        if (state.isIterating()) {
            findings.application(
                    "W53",
                    "write",
                    "to be called before the body is iterated",
                    "a call during the iteration, or after it",
                    "yield the bytes instead");
        }
        state.block(data, "write");
        write.write(data);
        state.serverIsBack();
    }
}
