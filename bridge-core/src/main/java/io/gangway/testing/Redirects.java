package io.gangway.testing;

import io.gangway.testing.TestRequest.Parts;
import io.gangway.wsgi.Header;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Follows redirects as browsers do (RFC 9110, section 15.4), as long as they stay with the application. */
final class Redirects {
    /** The number of redirects that browsers follow (the Fetch standard, section 4.4), so that a loop ends. */
    private static final int MAX_REDIRECTS = 20;

    private static final Set<String> BODY_HEADERS =
            Set.of("content-type", "content-length", "content-encoding", "content-language", "transfer-encoding");

    private final TestClient.Settings settings;

    Redirects(TestClient.Settings settings) {
        this.settings = settings;
    }

    TestResponse follow(Parts first, TestResponse answer) {
        Parts request = first;
        TestResponse response = answer;
        for (int count = 0; ; count++) {
            Optional<Parts> next = next(request, response);
            if (next.isEmpty()) {
                return response;
            }
            if (count == MAX_REDIRECTS) {
                throw new IllegalStateException(
                        "The application redirected more than " + MAX_REDIRECTS + " times, last from " + response.url()
                                + " to " + next.get().target().url() + ". Fix: end the redirect loop");
            }
            request = next.get();
            response = TestResponse.of(new TestExchange(settings, request));
        }
    }

    private Optional<Parts> next(Parts request, TestResponse response) {
        return switch (response.code()) {
            case 301, 302 ->
                target(request, response)
                        .map(to -> redirected(request, to, request.method().equals("POST")));
            case 303 ->
                target(request, response)
                        .map(to -> redirected(request, to, !request.method().equals("HEAD")));
            case 307, 308 -> target(request, response).map(to -> redirected(request, to, false));
            default -> Optional.empty();
        };
    }

    /** Empty if the redirect leads to another host, or outside the mount point: then it is not followed. */
    private Optional<Target> target(Parts request, TestResponse response) {
        return response.header("Location").flatMap(request.target()::resolve).filter(settings::isInside);
    }

    private Parts redirected(Parts request, Target target, boolean becomesGet) {
        if (!becomesGet && !request.body().isRepeatable()) {
            throw new IllegalStateException(
                    "The redirect to " + target.url()
                            + " needs the request's body again, which was a stream. Fix: send bytes, or do not follow redirects");
        }
        List<Header> headers = becomesGet
                ? request.headers().stream()
                        .filter(header -> !BODY_HEADERS.contains(header.name().toLowerCase(Locale.ROOT)))
                        .toList()
                : request.headers();
        return new Parts(
                becomesGet ? "GET" : request.method(),
                target,
                headers,
                request.environ(),
                becomesGet ? RequestBody.NONE : request.body(),
                settings.nextRequestId());
    }
}
