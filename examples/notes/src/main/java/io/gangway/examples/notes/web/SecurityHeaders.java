package io.gangway.examples.notes.web;

import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.Middleware;
import java.util.ArrayList;
import java.util.List;

/** A middleware of the example: every answer forbids browsers all features that no page here needs. */
public final class SecurityHeaders implements Middleware {
    private static final List<Header> HEADERS = List.of(
            new Header(
                    "Content-Security-Policy",
                    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"),
            new Header("X-Content-Type-Options", "nosniff"),
            new Header("Referrer-Policy", "same-origin"));

    @Override
    public GatewayApplication wrap(GatewayApplication application) {
        return (environ, startResponse) -> application.call(environ, (status, headers, excInfo) -> {
            List<Header> more = new ArrayList<>(headers);
            more.addAll(HEADERS);
            return startResponse.start(status, more, excInfo);
        });
    }
}
