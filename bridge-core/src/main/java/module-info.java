/** The gateway interface, and all of Gangway that needs neither servlets nor Python. */
module io.gangway.core {
    requires static transitive org.jspecify;

    requires static java.logging;

    exports io.gangway.asgi;
    exports io.gangway.buffer;
    exports io.gangway.exchange;
    exports io.gangway.lint;
    exports io.gangway.log;
    exports io.gangway.middleware;
    exports io.gangway.wsgi;
    exports io.gangway.server;
    exports io.gangway.testing;
    exports io.gangway.deploy;

    uses io.gangway.deploy.ApplicationLoader;
}
