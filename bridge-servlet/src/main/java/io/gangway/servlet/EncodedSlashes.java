package io.gangway.servlet;

import io.gangway.wsgi.NativeStrings;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import java.util.regex.Pattern;

/**
 * Decides whether a path with {@code %2F} may reach the application. There it is a slash (W12), so the container's security constraints
 * must have treated it as a slash too.
 *
 * <p>Tomcat checks its constraints against the servlet path and the path info that it shows; if the application's path differs from these,
 * the request is refused. Jetty checks a path in which {@code %2F} is still encoded, and shows a decoded one; the behaviour of other
 * containers is not known. There, every such path is refused, unless the setting {@code gangway.encoded-slash} accepts it.
 */
final class EncodedSlashes {
    private static final Pattern ENCODED = Pattern.compile("%2[Ff]");

    private static final Refusal REFUSAL = Refusal.badRequest(
            "The path holds %2F, which the server and the application would understand differently.");

    private final boolean isAccepted;
    private final boolean isJudgedAsShown;
    private final String contextPath;

    EncodedSlashes(ServletContext context, boolean isAccepted) {
        this.isAccepted = isAccepted;
        this.isJudgedAsShown = Container.of(context) == Container.TOMCAT;
        this.contextPath = context.getContextPath();
    }

    /** Whether a path must not reach the application. */
    boolean isRefused(HttpServletRequest request) {
        String uri = request.getRequestURI();
        if (isAccepted || !ENCODED.matcher(uri).find()) {
            return false;
        }
        return !isJudgedAsShown || !RequestPath.bare(decoded(uri)).equals(judged(request));
    }

    static Refusal refusal() {
        return REFUSAL;
    }

    /**
     * Decodes the encoded slashes of a URI if the container treated them as separators: {@code a%2Fb/..} is {@code a} there.
     * In other containers they are part of a segment.
     */
    String decoded(String uri) {
        return isAccepted ? uri : ENCODED.matcher(uri).replaceAll("/");
    }

    private String judged(HttpServletRequest request) {
        String pathInfo = request.getPathInfo();
        String shown = contextPath + request.getServletPath() + (pathInfo == null ? "" : pathInfo);
        return NativeStrings.ofText(shown);
    }
}
