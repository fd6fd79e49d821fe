package io.gangway.servlet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.MappingMatch;

/**
 * Where in a request's path the application is mounted.
 *
 * <p>A servlet mapped to {@code /x/*} or to an exact path is mounted there; one mapped to {@code /}, {@code /*},
 * {@code *.ext} or the context root is mounted at the context. A filter always is.
 */
final class Mounts {
    /** Servlet 6.0, section 7.1.3: the path parameter's name, unless the web application configures another one for its cookie. */
    private static final String DEFAULT_SESSION_PARAMETER = "jsessionid";

    private final String contextPath;
    private final String sessionParameter;
    private final EncodedSlashes slashes;

    Mounts(ServletContext context, EncodedSlashes slashes) {
        this.slashes = slashes;
        this.contextPath = context.getContextPath();
        String cookie = context.getSessionCookieConfig() == null
                ? null
                : context.getSessionCookieConfig().getName();
        // If nothing is configured, Jetty gives JSESSIONID here, but the parameter still has its default name.
        this.sessionParameter = cookie == null || cookie.equalsIgnoreCase(DEFAULT_SESSION_PARAMETER)
                ? DEFAULT_SESSION_PARAMETER
                : cookie;
    }

    RequestPath servletPath(HttpServletRequest request) {
        boolean included = request.getDispatcherType() == DispatcherType.INCLUDE
                && request.getAttribute(RequestDispatcher.INCLUDE_REQUEST_URI) != null;
        // An included servlet finds its own path in attributes; the request still has the path of the including
        // servlet.
        String uri = included
                ? (String) request.getAttribute(RequestDispatcher.INCLUDE_REQUEST_URI)
                : request.getRequestURI();
        HttpServletMapping mapping = included
                ? (HttpServletMapping) request.getAttribute(RequestDispatcher.INCLUDE_MAPPING)
                : request.getHttpServletMapping();
        return RequestPath.split(slashes.decoded(uri), contextPath + prefix(mapping), sessionParameter);
    }

    RequestPath filterPath(HttpServletRequest request) {
        return RequestPath.split(slashes.decoded(request.getRequestURI()), contextPath, sessionParameter);
    }

    private static String prefix(HttpServletMapping mapping) {
        String pattern = mapping.getPattern();
        if (mapping.getMappingMatch() == MappingMatch.PATH && pattern.endsWith("/*")) {
            return pattern.substring(0, pattern.length() - 2);
        }
        return mapping.getMappingMatch() == MappingMatch.EXACT ? pattern : "";
    }
}
