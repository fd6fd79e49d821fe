/** Gateway applications in servlet containers, and an embedded Jetty for them. */
module io.gangway.servlet {
    requires transitive io.gangway.core;
    requires transitive jakarta.servlet;
    requires static transitive org.jspecify;
}
