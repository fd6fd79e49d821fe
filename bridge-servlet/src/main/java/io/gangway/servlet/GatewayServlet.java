package io.gangway.servlet;

import static java.util.Objects.requireNonNull;

import io.gangway.server.ErrorPage;
import io.gangway.servlet.RequestEnviron.Concurrency;
import io.gangway.wsgi.GatewayApplication;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Carries a gateway application into a servlet container. */
public class GatewayServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable GatewayApplication given;
    private transient @Nullable Gateway gateway;
    private transient @Nullable Mounts mounts;

    /**
     * Makes a servlet for an application.
     *
     * @param application called by many threads at once
     */
    public GatewayServlet(GatewayApplication application) {
        this.given = requireNonNull(application, "application");
    }

    @Override
    public void init() throws ServletException {
        gateway = new Gateway(requireNonNull(given), new Concurrency(true, false), ErrorPage.PRODUCTION);
        mounts = new Mounts(getServletContext());
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        requireNonNull(gateway).handle(request, response, requireNonNull(mounts).servletPath(request));
    }
}
