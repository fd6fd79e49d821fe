package io.gangway.it.canaries;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.EnumSource;

/** An application that a file of PasteDeploy describes: a pipeline of middleware and Pyramid, and the configuration of logging. */
@EnumSource(names = {"JETTY", "TOMCAT"})
final class PasteDeployIT extends CanaryTest {
    PasteDeployIT() {
        super(Canary.of("pyramid", "paste:" + Places.sources().resolve("pyramid/production.ini"))
                .named("paste"));
    }

    @Test
    void serves_what_the_file_describes_and_logs_as_it_says() throws Exception {
        client().get("/").status(200).header("X-Marked", "yes").contains("visit 1");
        awaitLog("told by the file: marking made for " + Places.sources().resolve("pyramid/production.ini"));
    }
}
