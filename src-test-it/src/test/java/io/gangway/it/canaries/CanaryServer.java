package io.gangway.it.canaries;

import io.gangway.it.Distribution;
import java.io.IOException;
import java.net.http.HttpClient.Version;

/** A server in which canaries run. */
enum CanaryServer {
    JETTY("embedded Jetty") {
        @Override
        Deployed deploy(Canary canary, SharedTomcat tomcat) throws IOException, InterruptedException {
            return new DeployedOnJetty(canary);
        }
    },
    /** The same server, with clients that use HTTP/2. */
    JETTY_HTTP_2("embedded Jetty, HTTP/2") {
        @Override
        Deployed deploy(Canary canary, SharedTomcat tomcat) throws IOException, InterruptedException {
            return new DeployedOnJetty(canary);
        }

        @Override
        Version protocol() {
            return Version.HTTP_2;
        }
    },
    TOMCAT("Tomcat 11") {
        @Override
        Deployed deploy(Canary canary, SharedTomcat tomcat) throws IOException, InterruptedException {
            return new DeployedOnTomcat(canary, tomcat);
        }
    },
    WAR_TOMCAT_10("WAR in Tomcat 10.1") {
        @Override
        Deployed deploy(Canary canary, SharedTomcat tomcat) throws IOException, InterruptedException {
            return DeployedCarried.in(Distribution.tomcat10(), canary);
        }
    },
    WAR_TOMCAT_11("WAR in Tomcat 11") {
        @Override
        Deployed deploy(Canary canary, SharedTomcat tomcat) throws IOException, InterruptedException {
            return DeployedCarried.in(Distribution.tomcat11(), canary);
        }
    },
    WAR_JETTY_EE10("WAR in Jetty, ee10") {
        @Override
        Deployed deploy(Canary canary, SharedTomcat tomcat) throws IOException, InterruptedException {
            return DeployedCarried.in(Distribution.jettyEe10(), canary);
        }
    },
    WAR_JETTY_EE11("WAR in Jetty, ee11") {
        @Override
        Deployed deploy(Canary canary, SharedTomcat tomcat) throws IOException, InterruptedException {
            return DeployedCarried.in(Distribution.jettyEe11(), canary);
        }
    },
    WAR_PROGRAM("java -jar WAR") {
        @Override
        Deployed deploy(Canary canary, SharedTomcat tomcat) throws IOException, InterruptedException {
            return DeployedCarried.alone(canary);
        }
    };

    private final String shown;

    CanaryServer(String shown) {
        this.shown = shown;
    }

    /** Deploys a canary; it is ready when the method returns. */
    abstract Deployed deploy(Canary canary, SharedTomcat tomcat) throws IOException, InterruptedException;

    /** Whether the canary is carried by a WAR that {@code gangway war} has built. */
    final boolean isCarried() {
        return name().startsWith("WAR_");
    }

    /** The protocol of the clients. */
    Version protocol() {
        return Version.HTTP_1_1;
    }

    @Override
    public String toString() {
        return shown;
    }
}
