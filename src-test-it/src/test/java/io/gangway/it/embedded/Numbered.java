package io.gangway.it.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.it.client.Answer;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import java.util.List;
import java.util.Random;

/**
 * A request with a number, which its answer must have too.
 *
 * @param target under {@link #MOUNT} for the application, or outside for an answer of Jetty's own
 * @param isSized whether the body, if there is one, has a Content-Length
 */
record Numbered(int number, String method, String target, String body, boolean isSized) {
    static final String MOUNT = "/shop";

    /** The same as {@code numbered.py}: an empty answer, one without a length in pieces, and one with a length. */
    static final GatewayApplication APPLICATION = (environ, startResponse) -> {
        String query = environ.string("QUERY_STRING");
        String path = environ.pathInfo();
        String number = query.isEmpty() ? path.substring(path.lastIndexOf('/') + 1) : query;
        String text = environ.method() + " " + number + " "
                + new String(environ.input().readAllBytes(), UTF_8);
        Header carried = new Header("X-Number", number);
        if (Integer.parseInt(number) % 7 == 0) {
            startResponse.start("204 No Content", List.of(carried));
            return List.of();
        }
        Header type = new Header("Content-Type", "text/plain");
        if (Integer.parseInt(number) % 11 == 0) {
            startResponse.start("200 OK", List.of(carried, type));
            return List.of(
                    text.substring(0, 2).getBytes(UTF_8), text.substring(2).getBytes(UTF_8));
        }
        byte[] bytes = text.getBytes(UTF_8);
        startResponse.start(
                "200 OK", List.of(carried, type, new Header("Content-Length", Integer.toString(bytes.length))));
        return List.of(bytes);
    };

    private static final List<String> WITHOUT_BODY = List.of("GET", "HEAD", "OPTIONS", "DELETE", "TRACE");
    private static final List<String> WITH_BODY = List.of("POST", "PUT", "PATCH", "PURGE");
    private static final List<String> TARGETS =
            List.of(MOUNT + "/%d", MOUNT + "?%d", MOUNT + "/deep/%d", "/outside/%d", MOUNT + "ping/%d");

    /** Any method at any target, but the body fits the method. */
    static Numbered any(int number, Random random) {
        if (random.nextInt(12) == 0) {
            return new Numbered(number, "OPTIONS", "*", "", false);
        }
        String target = any(TARGETS, random).formatted(number);
        return random.nextBoolean()
                ? new Numbered(number, any(WITHOUT_BODY, random), target, "", false)
                : new Numbered(
                        number,
                        any(WITH_BODY, random),
                        target,
                        "x".repeat(random.nextInt(2_000)),
                        random.nextBoolean());
    }

    private static String any(List<String> choices, Random random) {
        return choices.get(random.nextInt(choices.size()));
    }

    boolean hasBody() {
        return WITH_BODY.contains(method);
    }

    String inHttp1() {
        String line = method + " " + target + " HTTP/1.1\r\nHost: here\r\n";
        if (!hasBody()) {
            return line + "\r\n";
        }
        if (isSized) {
            return line + "Content-Length: " + body.length() + "\r\n\r\n" + body;
        }
        String chunk = body.isEmpty() ? "" : Integer.toHexString(body.length()) + "\r\n" + body + "\r\n";
        return line + "Transfer-Encoding: chunked\r\n\r\n" + chunk + "0\r\n\r\n";
    }

    /** Throws an {@link AssertionError} if the answer belongs to another request. */
    void check(Answer answer) {
        answer.endedCleanly().header("Connection");
        if (target.startsWith(MOUNT + "/") || target.startsWith(MOUNT + "?")) {
            boolean isEmpty = number % 7 == 0;
            boolean isBodiless = isEmpty || method.equals("HEAD");
            answer.status(isEmpty ? 204 : 200).header("X-Number", Integer.toString(number));
            answer.body(isBodiless ? "" : method + " " + number + " " + body);
            return;
        }
        answer.status(404).header("X-Number");
        if (method.equals("GET") || method.equals("POST")) { // Jetty has pages for no others
            answer.check(answer.text().contains(target + "</td>"), "a page that names " + target);
        }
    }

    @Override
    public String toString() {
        return method + " " + target + " (" + body.length() + " bytes" + (isSized ? ")" : ", without a length)");
    }
}
