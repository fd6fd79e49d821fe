package io.gangway.it.canaries;

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
    };

    private final String shown;

    CanaryServer(String shown) {
        this.shown = shown;
    }

    /** Deploys a canary; it is ready when the method returns. */
    abstract Deployed deploy(Canary canary, SharedTomcat tomcat) throws IOException, InterruptedException;

    /** The protocol of the clients. */
    Version protocol() {
        return Version.HTTP_1_1;
    }

    @Override
    public String toString() {
        return shown;
    }
}
