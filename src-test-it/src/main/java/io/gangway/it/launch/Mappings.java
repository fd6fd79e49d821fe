package io.gangway.it.launch;

import io.gangway.servlet.GatewayServlet;
import io.gangway.wsgi.GatewayApplication;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Every way to map the servlet, each in a web application of its own at {@code /m-name}. */
enum Mappings {
    DEFAULT("/"),
    STAR("/*"),
    PREFIX("/app/*"),
    EXTENSION("*.do"),
    EXACT("/exact"),
    ROOT(""),
    FORWARD("/app/*"),
    ASYNC("/app/*"),
    FILTERED("/*");

    private final String pattern;

    Mappings(String pattern) {
        this.pattern = pattern;
    }

    String contextPath() {
        return "/m-" + name().toLowerCase(Locale.ROOT);
    }

    ServletContainerInitializer initializer(GatewayApplication application) {
        return new ServletContainerInitializer() {
            @Override
            public void onStartup(@Nullable Set<Class<?>> classes, ServletContext context) {
                add(context, "gateway", new GatewayServlet(application), pattern);
                if (Mappings.this == FORWARD) {
                    add(context, "forwarding", new Forwarding(), "/go/*");
                }
                if (Mappings.this == ASYNC) {
                    add(context, "dispatching", new Dispatching(), "/go/*");
                }
                if (Mappings.this == FILTERED) {
                    context.addFilter("curious", new Curious())
                            .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
                }
            }
        };
    }

    private static void add(ServletContext context, String name, HttpServlet servlet, String pattern) {
        ServletRegistration.Dynamic registration = context.addServlet(name, servlet);
        registration.setAsyncSupported(true);
        if (!registration.addMapping(pattern).isEmpty()) {
            throw new IllegalStateException(Arrays.toString(Mappings.values()) + ": cannot map " + pattern);
        }
    }

    /** Asks for a parameter, and so takes a form's body; sets a cookie and a header. */
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
