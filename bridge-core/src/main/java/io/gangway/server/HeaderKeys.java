package io.gangway.server;

import io.gangway.wsgi.Environ;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The environ keys of request headers (W14, W16), the usual ones computed once.
 *
 * <p>The table is fixed. It is no cache, because names come from the network, and a client could flood a cache with them.
 */
final class HeaderKeys {
    /** The names as browsers, proxies and API clients write them; Tomcat 10.1 and HTTP/2 give them in lower case. */
    private static final List<String> USUAL = List.of(
            "Accept",
            "Accept-Charset",
            "Accept-Encoding",
            "Accept-Language",
            "Access-Control-Request-Headers",
            "Access-Control-Request-Method",
            "Authorization",
            "Cache-Control",
            "Connection",
            "Content-Length",
            "Content-Type",
            "Cookie",
            "DNT",
            "Date",
            "Expect",
            "Forwarded",
            "From",
            "Host",
            "If-Match",
            "If-Modified-Since",
            "If-None-Match",
            "If-Range",
            "If-Unmodified-Since",
            "Keep-Alive",
            "Last-Event-ID",
            "Origin",
            "Pragma",
            "Priority",
            "Range",
            "Referer",
            "Sec-CH-UA",
            "Sec-CH-UA-Mobile",
            "Sec-CH-UA-Platform",
            "Sec-Fetch-Dest",
            "Sec-Fetch-Mode",
            "Sec-Fetch-Site",
            "Sec-Fetch-User",
            "Sec-GPC",
            "TE",
            "Transfer-Encoding",
            "Upgrade-Insecure-Requests",
            "User-Agent",
            "Via",
            "X-CSRF-Token",
            "X-Forwarded-For",
            "X-Forwarded-Host",
            "X-Forwarded-Port",
            "X-Forwarded-Prefix",
            "X-Forwarded-Proto",
            "X-Real-IP",
            "X-Request-ID",
            "X-Requested-With",
            "traceparent",
            "tracestate");

    private static final Map<String, String> KEYS = new HashMap<>();
    private static final Map<String, String> NAMES = new HashMap<>();

    static {
        for (String name : USUAL) {
            KEYS.put(name, Environ.headerKey(name));
            KEYS.put(name.toLowerCase(Locale.ROOT), Environ.headerKey(name));
            NAMES.put(Environ.headerKey(name), name);
        }
    }

    private HeaderKeys() {}

    /**
     * The key for a name, or null if the header is kept from the application (W17): a name with an underscore would look like
     * the name with a dash, and {@code HTTP_PROXY} would set the proxy of the application's own HTTP clients (CVE-2016-5385 and others).
     */
    static @Nullable String of(String name) {
        String key = KEYS.get(name);
        if (key != null) {
            return key;
        }
        return name.indexOf('_') >= 0 || name.equalsIgnoreCase("Proxy") ? null : Environ.headerKey(name);
    }

    /** The name, in any case, of the header that a key stands for; null if it stands for none. */
    static @Nullable String nameOf(String key) {
        String name = NAMES.get(key);
        if (name != null || !key.startsWith("HTTP_")) {
            return name;
        }
        String other = key.substring("HTTP_".length()).replace('_', '-');
        return key.equals(of(other)) ? other : null;
    }

    static boolean isLowerCase(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                return false;
            }
        }
        return true;
    }
}
