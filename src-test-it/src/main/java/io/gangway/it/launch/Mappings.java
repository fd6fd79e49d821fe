package io.gangway.it.launch;

import io.gangway.servlet.GatewayServlet;
import io.gangway.wsgi.GatewayApplication;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
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
    ASYNC("/app/*");

    private final String pattern;

    Mappings(String pattern) {
        this.pattern = pattern;
    }

    String contextPath() {
        return "/m-" + name().toLowerCase(java.util.Locale.ROOT);
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
