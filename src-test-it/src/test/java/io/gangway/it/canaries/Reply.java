package io.gangway.it.canaries;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The answer that a client got. Each expectation is a check in the table; a failed one shows the whole answer. */
final class Reply {
    private static final int SHOWN = 1500;

    private final HttpResponse<?> response;
    private final byte[] body;

    Reply(HttpResponse<?> response, byte[] body) {
        this.response = response;
        this.body = body;
    }

    URI uri() {
        return response.uri();
    }

    byte[] bytes() {
        return body;
    }

    String text() {
        return new String(body, UTF_8);
    }

    /** A header that must be there. */
    String header(String name) {
        List<String> values = response.headers().allValues(name);
        check(values.size() == 1, "one header " + name);
        return values.get(0);
    }

    Reply status(int expected) {
        return check(response.statusCode() == expected, "status " + expected);
    }

    Reply statusOneOf(Integer... expected) {
        return check(List.of(expected).contains(response.statusCode()), "a status of " + Arrays.toString(expected));
    }

    Reply header(String name, String... expected) {
        return check(
                response.headers().allValues(name).equals(Arrays.asList(expected)),
                name + ": " + Arrays.toString(expected));
    }

    Reply headerMatches(String name, String pattern) {
        return check(header(name).matches(pattern), name + " like " + pattern);
    }

    Reply body(String expected) {
        return check(text().equals(expected), "the body " + expected);
    }

    Reply body(byte[] expected) {
        return check(Arrays.equals(bytes(), expected), "a body of " + expected.length + " given bytes");
    }

    Reply contains(String... parts) {
        for (String part : parts) {
            check(text().contains(part), "in the body: " + part);
        }
        return this;
    }

    Reply lacks(String part) {
        return check(!text().contains(part), "not in the body: " + part);
    }

    /** The first group of a pattern that the body must have. */
    String find(String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text());
        check(matcher.find(), "in the body: " + pattern);
        return matcher.group(1);
    }

    Reply check(boolean holds, String expectation) {
        CanaryTable.checked();
        if (!holds) {
            throw new AssertionError("expected " + expectation + "; got\n" + this);
        }
        return this;
    }

    @Override
    public String toString() {
        String text = text();
        return response.request().method() + " " + uri() + "\n" + response.statusCode() + "\n"
                + response.headers().map() + "\n" + text.substring(0, Math.min(SHOWN, text.length()));
    }
}
