package io.gangway.it.launch;

import io.gangway.servlet.GatewayServlet;
import io.gangway.wsgi.GatewayApplication;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Every way to map the servlet, and to deploy it, each in a web application of its own at {@code /m-name}. */
public enum Mappings {
    DEFAULT("/"),
    STAR("/*"),
    PREFIX("/app/*"),
    EXTENSION("*.do"),
    EXACT("/exact"),
    ROOT(""),
    /** Without asynchronous support. */
    BLOCKING("/*"),
    FORWARD("/app/*"),
    ASYNC("/app/*"),
    FILTERED("/*"),
    AUTHENTICATED("/*"),
    DISTRIBUTABLE("/*"),
    PROXIED("/*");

    /** Settings as context-params: the suite's client is the trusted proxy, and sends these headers. */
    public static final Map<String, String> PROXY_SETTINGS = Map.of(
            "gangway.trusted-proxies",
            "127.0.0.1",
            "gangway.trusted-headers",
            "x-forwarded-for, x-forwarded-proto, x-forwarded-host");

    private final String pattern;

    Mappings(String pattern) {
        this.pattern = pattern;
    }

    String contextPath() {
        return "/m-" + name().toLowerCase(Locale.ROOT);
    }

    /** The directory of the web application's documents, made for it where it has one of its own. */
    Path documents(Path work) throws IOException {
        if (this != DISTRIBUTABLE) {
            return work;
        }
        Path documents = work.resolve("distributable");
        Path descriptor = documents.resolve("WEB-INF/web.xml");
        Files.createDirectories(documents.resolve("WEB-INF"));
        Files.writeString(
                descriptor,
                "<web-app xmlns=\"https://jakarta.ee/xml/ns/jakartaee\" version=\"6.0\"><distributable/></web-app>");
        return documents;
    }

    ServletContainerInitializer initializer(GatewayApplication application) {
        return new ServletContainerInitializer() {
            @Override
            public void onStartup(@Nullable Set<Class<?>> classes, ServletContext context) {
                if (Mappings.this == PROXIED) {
                    PROXY_SETTINGS.forEach(context::setInitParameter);
                }
                add(context, "gateway", new GatewayServlet(application), pattern)
                        .setAsyncSupported(Mappings.this != BLOCKING);
                if (Mappings.this == FORWARD) {
                    add(context, "forwarding", new Forwarding(), "/go/*");
                }
                if (Mappings.this == ASYNC) {
                    add(context, "dispatching", new Dispatching(), "/go/*");
                }
                if (Mappings.this == FILTERED) {
                    addFilter(context, new Curious());
                }
                if (Mappings.this == AUTHENTICATED) {
                    addFilter(context, new Authenticating());
                }
            }
        };
    }

    private static ServletRegistration.Dynamic add(
            ServletContext context, String name, HttpServlet servlet, String pattern) {
        ServletRegistration.Dynamic registration = context.addServlet(name, servlet);
        registration.setAsyncSupported(true);
        if (!registration.addMapping(pattern).isEmpty()) {
            throw new IllegalStateException(Arrays.toString(Mappings.values()) + ": cannot map " + pattern);
        }
        return registration;
    }

    private static void addFilter(ServletContext context, HttpFilter filter) {
        FilterRegistration.Dynamic registration = context.addFilter("filter", filter);
        registration.setAsyncSupported(true);
        registration.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
    }

    /** Acts as a login: the user's name is Unicode, and the scheme is a constant of the Servlet API. */
    private static final class Authenticating extends HttpFilter {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            chain.doFilter(
                    new HttpServletRequestWrapper(request) {
                        @Override
                        public String getRemoteUser() {
                            return "\u0141ukasz";
                        }

                        @Override
                        public String getAuthType() {
                            return BASIC_AUTH;
                        }
                    },
                    response);
        }
    }

    /** Asks for a parameter, which reads a form's body; sets a cookie and a header. */
    private static final class Curious extends HttpFilter {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            request.getParameterMap();
            response.addCookie(new Cookie("filter", "1"));
            response.setHeader("X-Filter", "was here");
            chain.doFilter(request, response);
        }
    }

    /** Forwards {@code /go} to {@code /app/over%20there}. */
    private static final class Forwarding extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response)
                throws ServletException, IOException {
            request.getRequestDispatcher("/app/over%20there").forward(request, response);
        }
    }

    /** Dispatches {@code /go} to {@code /app/later%20on}. */
    private static final class Dispatching extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) {
            request.startAsync().dispatch("/app/later%20on");
        }
    }
}
