package io.gangway.examples.registered;

import io.gangway.servlet.GatewayServlet;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.annotation.WebListener;

/** Registers the gateway application in an existing web application. */
@WebListener
public final class GatewayRegistration implements ServletContextListener {
    @Override
    public void contextInitialized(ServletContextEvent event) {
        ServletRegistration.Dynamic gateway =
                event.getServletContext().addServlet("members", new GatewayServlet(new Members()));
        gateway.addMapping("/members/*");
        gateway.setLoadOnStartup(1);
        gateway.setAsyncSupported(true);
    }
}
