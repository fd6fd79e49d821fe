package io.gangway.it.launch;

import io.gangway.it.contract.Apps;
import io.gangway.servlet.GatewayFilter;
import io.gangway.servlet.GatewayServlet;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.catalina.Context;
import org.apache.catalina.authenticator.NonLoginAuthenticator;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.servlets.DefaultServlet;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.SecurityCollection;
import org.apache.tomcat.util.descriptor.web.SecurityConstraint;

/** A Tomcat whose security constraints deny {@code /admin/*} of an application that answers with its environ. */
public final class ConstrainedTomcat {
    private ConstrainedTomcat() {}

    /**
     * Serves until standard input ends.
     *
     * @param arguments the working directory
     * @throws Exception if the server does not start or stop
     */
    public static void main(String[] arguments) throws Exception {
        Path base = Files.createDirectories(Path.of(arguments[0]));
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(base.toString());
        Map<String, Connector> connectors = new LinkedHashMap<>();
        for (String handling : new String[] {"reject", "decode", "passthrough"}) {
            Connector connector = connector("127.0.0.1");
            connector.setEncodedSolidusHandling(handling);
            connector.setEncodedReverseSolidusHandling(handling);
            connectors.put(handling, connector);
        }
        Connector backslash = connector("127.0.0.1");
        backslash.setEncodedSolidusHandling("decode");
        backslash.setEncodedReverseSolidusHandling("decode");
        backslash.setAllowBackslash(true);
        connectors.put("backslash", backslash);
        if (Constrained.hasIpv6()) {
            connectors.put(Constrained.IPV6, connector("::1"));
        }
        connectors.values().forEach(tomcat.getService()::addConnector);
        for (String path : Constrained.PATHS) {
            deploy(tomcat.addContext(path, base.toString()), path);
        }
        tomcat.start();
        connectors.forEach((name, connector) -> Constrained.tell(name, connector.getLocalPort()));
        Launched.serve(0, 0, 0);
        tomcat.stop();
        tomcat.destroy();
        System.exit(0);
    }

    private static Connector connector(String address) {
        Connector connector = new Connector();
        connector.setPort(0);
        connector.setProperty("address", address);
        return connector;
    }

    private static void deploy(Context context, String path) {
        SecurityCollection paths = new SecurityCollection();
        paths.addPattern(Constrained.constrained(path));
        SecurityConstraint denied = new SecurityConstraint();
        denied.addCollection(paths);
        denied.setAuthConstraint(true);
        context.addConstraint(denied);
        context.getPipeline().addValve(new NonLoginAuthenticator());
        if (Constrained.isFilter(path)) {
            context.addParameter("gangway.filter-order", Constrained.order(path));
        }
        context.addServletContainerInitializer((classes, servlets) -> register(servlets, path), null);
    }

    private static void register(ServletContext servlets, String path) {
        if (Constrained.isFilter(path)) {
            servlets.addServlet("default", new DefaultServlet()).addMapping("/"); // otherwise Tomcat calls no filter
            servlets.addFilter("gateway", new GatewayFilter(Apps::dump))
                    .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
            return;
        }
        ServletRegistration.Dynamic gateway = servlets.addServlet("gateway", new GatewayServlet(Apps::dump));
        if (!gateway.addMapping(Constrained.mapping(path)).isEmpty()) {
            throw new IllegalStateException("cannot map " + path);
        }
    }
}
