package io.gangway.it.canaries;

import io.gangway.it.Distribution;
import java.io.IOException;
import java.net.http.HttpClient.Version;
import java.util.function.Supplier;

/** A server in which canaries run. */
enum CanaryServer {
    RUN("gangway run", Version.HTTP_1_1, (canary, tomcat) -> DeployedAsProgram.run(canary)),
    JETTY("embedded Jetty", Version.HTTP_1_1, (canary, tomcat) -> DeployedOnJetty.of(canary)),
    /** The same server, with clients that use HTTP/2. */
    JETTY_HTTP_2("embedded Jetty, HTTP/2", Version.HTTP_2, (canary, tomcat) -> DeployedOnJetty.of(canary)),
    TOMCAT("Tomcat 11", Version.HTTP_1_1, DeployedOnTomcat::new),
    WAR_TOMCAT_10("WAR in Tomcat 10.1", Distribution::tomcat10),
    WAR_TOMCAT_11("WAR in Tomcat 11", Distribution::tomcat11),
    WAR_JETTY_EE10("WAR in Jetty, ee10", Distribution::jettyEe10),
    WAR_JETTY_EE11("WAR in Jetty, ee11", Distribution::jettyEe11),
    WAR_PROGRAM("java -jar WAR", Version.HTTP_1_1, (canary, tomcat) -> DeployedAsProgram.war(canary));

    private final String shown;
    private final Version protocol;

    @SuppressWarnings("ImmutableEnumChecker") // functions without a state
    private final Deployer deployer;

    /** Deploys a canary; it is ready when the method returns. */
    @FunctionalInterface
    private interface Deployer {
        Deployed deploy(Canary canary, SharedTomcat tomcat) throws IOException, InterruptedException;
    }

    CanaryServer(String shown, Version protocol, Deployer deployer) {
        this.shown = shown;
        this.protocol = protocol;
        this.deployer = deployer;
    }

    /** A distribution with the WAR that {@code gangway war} has built. */
    CanaryServer(String shown, Supplier<Distribution> distribution) {
        this(shown, Version.HTTP_1_1, (canary, tomcat) -> DeployedCarried.in(distribution.get(), canary));
    }

    /** Deploys a canary; it is ready when the method returns. */
    Deployed deploy(Canary canary, SharedTomcat tomcat) throws IOException, InterruptedException {
        return deployer.deploy(canary, tomcat);
    }

    /** Whether it is one of those that users have: the command, and a WAR that {@code gangway war} has built. */
    boolean isBuiltForUsers() {
        return this == RUN || name().startsWith("WAR_");
    }

    /** The protocol of the clients. */
    Version protocol() {
        return protocol;
    }

    @Override
    public String toString() {
        return shown;
    }
}
