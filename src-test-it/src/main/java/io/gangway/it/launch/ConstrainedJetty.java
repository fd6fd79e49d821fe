package io.gangway.it.launch;

import io.gangway.it.contract.Apps;
import io.gangway.servlet.GatewayFilter;
import io.gangway.servlet.GatewayServlet;
import jakarta.servlet.DispatcherType;
import java.util.EnumSet;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.ee10.servlet.security.ConstraintMapping;
import org.eclipse.jetty.ee10.servlet.security.ConstraintSecurityHandler;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.security.Constraint;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandlerCollection;

/** A Jetty other than GatewayServer. Its security constraints deny {@code /admin/*} of an application that answers with its environ. */
public final class ConstrainedJetty {
    private ConstrainedJetty() {}

    /**
     * Serves until standard input ends.
     *
     * @param arguments the working directory
     * @throws Exception if the server does not start or stop
     */
    public static void main(String[] arguments) throws Exception {
        Server server = new Server();
        connector(server, "default", "127.0.0.1", UriCompliance.DEFAULT);
        connector(
                server,
                "percent",
                "127.0.0.1",
                UriCompliance.DEFAULT.with("percent", UriCompliance.Violation.AMBIGUOUS_PATH_ENCODING));
        connector(server, "unsafe", "127.0.0.1", UriCompliance.UNSAFE);
        if (Constrained.hasIpv6()) {
            connector(server, Constrained.IPV6, "::1", UriCompliance.DEFAULT);
        }
        ContextHandlerCollection contexts = new ContextHandlerCollection();
        for (String decoding : new String[] {"", "-decoding"}) {
            for (String path : Constrained.PATHS) {
                contexts.addHandler(context(path, path + decoding, !decoding.isEmpty()));
            }
        }
        server.setHandler(contexts);
        server.start();
        for (var connector : server.getConnectors()) {
            Constrained.tell(connector.getName(), ((ServerConnector) connector).getLocalPort());
        }
        Launched.serve(0, 0, 0);
        server.stop();
        System.exit(0);
    }

    private static void connector(Server server, String name, String host, UriCompliance compliance) {
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setUriCompliance(compliance);
        ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(configuration));
        connector.setName(name);
        connector.setHost(host);
        server.addConnector(connector);
    }

    private static ServletContextHandler context(String path, String contextPath, boolean isDecoding) {
        ServletContextHandler context = new ServletContextHandler(contextPath, false, true);
        context.getServletHandler().setDecodeAmbiguousURIs(isDecoding);
        if (Constrained.isFilter(path)) {
            context.setInitParameter("gangway.filter-order", Constrained.order(path));
            context.addFilter(
                    new FilterHolder(new GatewayFilter(Apps::dump)), "/*", EnumSet.of(DispatcherType.REQUEST));
        } else {
            context.addServlet(new ServletHolder(new GatewayServlet(Apps::dump)), Constrained.mapping(path));
        }
        ConstraintMapping mapping = new ConstraintMapping();
        mapping.setPathSpec(Constrained.constrained(path));
        mapping.setConstraint(Constraint.FORBIDDEN);
        ((ConstraintSecurityHandler) context.getSecurityHandler()).addConstraintMapping(mapping);
        return context;
    }
}
