package io.gangway.servlet;

import jakarta.servlet.ServletContext;

/** The servlet containers whose behaviour is known. */
enum Container {
    TOMCAT,
    JETTY,
    OTHER;

    /** Finds out by {@link ServletContext#getServerInfo}; TomEE and Spring Boot's Tomcat say the same as Tomcat. */
    static Container of(ServletContext context) {
        String server = context.getServerInfo();
        if (server == null) {
            return OTHER;
        }
        return server.startsWith("Apache Tomcat") ? TOMCAT : server.startsWith("jetty/") ? JETTY : OTHER;
    }
}
