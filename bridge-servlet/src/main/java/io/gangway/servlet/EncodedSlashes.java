package io.gangway.servlet;

import io.gangway.wsgi.NativeStrings;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import java.util.regex.Pattern;

/**
 * What becomes of {@code %2F} in a path: it is a slash to the application (W12), and so the container's security constraints must have
 * judged it as one.
 *
 * <p>Tomcat tells what it judged as servlet path and path info; the path that the application gets has to be the same, or the request is
 * refused. Jetty judges a path in which {@code %2F} is still encoded, and then shows another one; what other containers do is not known.
 * There, all are refused, unless the setting {@code gangway.encoded-slash} says that no constraint matters.
 */
final class EncodedSlashes {
    private static final Pattern ENCODED = Pattern.compile("%2[Ff]");

    private static final Refusal REFUSAL = Refusal.badRequest(
            "The path holds %2F, which the server and the application would understand differently.");

    /** What {@link ServletContext#getServerInfo} begins with; TomEE and Spring Boot's Tomcat say the same. */
    private static final String TOMCAT = "Apache Tomcat";

    private final boolean isAccepted;
    private final boolean isJudgedAsShown;
    private final String contextPath;

    EncodedSlashes(ServletContext context, boolean isAccepted) {
        String server = context.getServerInfo();
        this.isAccepted = isAccepted;
        this.isJudgedAsShown = server != null && server.startsWith(TOMCAT);
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
     * A URI whose encoded slashes are separators already, where the container took them for such: then {@code a%2Fb/..} is {@code a}.
     * Elsewhere they are part of a segment.
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
