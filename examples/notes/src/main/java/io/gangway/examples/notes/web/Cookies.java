package io.gangway.examples.notes.web;

import io.gangway.wsgi.Header;

/** Cookies that scripts cannot read and other sites' forms do not send. */
public final class Cookies {
    private Cookies() {}

    /** Sets a cookie that lasts until the browser is closed. */
    public static Header set(Request request, String name, String value) {
        return header(request, name + "=" + value);
    }

    public static Header delete(Request request, String name) {
        return header(request, name + "=; Max-Age=0");
    }

    private static Header header(Request request, String pair) {
        String path = request.base().isEmpty() ? "/" : request.base();
        String attributes = "; Path=" + path + "; HttpOnly; SameSite=Lax" + (request.isSecure() ? "; Secure" : "");
        return new Header("Set-Cookie", pair + attributes);
    }
}
