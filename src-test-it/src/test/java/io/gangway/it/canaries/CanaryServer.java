package io.gangway.it.canaries;

import java.io.IOException;

/** Where the canaries run. */
enum CanaryServer {
    JETTY("embedded Jetty") {
        @Override
        Deployed deploy(Canary canary, SharedTomcat tomcat) throws IOException, InterruptedException {
            return new DeployedOnJetty(canary);
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

    /** Starts it; ready when it returns. */
    abstract Deployed deploy(Canary canary, SharedTomcat tomcat) throws IOException, InterruptedException;

    @Override
    public String toString() {
        return shown;
    }
}
