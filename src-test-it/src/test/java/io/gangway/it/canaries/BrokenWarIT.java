package io.gangway.it.canaries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A WAR whose Python application does not start. */
@ExtendWith(SharedTomcat.Extension.class)
final class BrokenWarIT {
    @Test
    void fails_its_own_deployment_says_why_and_leaves_nothing() throws Exception {
        SharedTomcat tomcat = Objects.requireNonNull(CanaryTest.tomcat);
        VirtualEnvironment.FRAMEWORKS.root();
        Canary broken = Canary.of("flask", "shop:nothing").named("broken");
        SharedTomcat.State before = tomcat.state();
        assertThatThrownBy(() -> CanaryServer.TOMCAT.deploy(broken, tomcat))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("\"gateway\" of the web application \"/shop/broken\" cannot start: "
                        + "step find of \"shop:nothing\" failed: module shop has no \"nothing\"; it has: app.")
                .hasMessageContaining("Context [/shop/broken] startup failed")
                .satisfies(
                        e -> assertThat(String.valueOf(e.getMessage()).lines().count())
                                .as("lines of the message")
                                .isLessThan(80));
        Deployed.assertGone(tomcat.processesSince(before), tomcat.temporary(), before.directories());
        tomcat.assertNothingLeftSince(before, broken);
        new Client(
                        URI.create("http://127.0.0.1:" + tomcat.port() + broken.contextPath()),
                        CanaryServer.TOMCAT.protocol())
                .get("/")
                .status(404);
        Files.delete(DeployedOnTomcat.war(broken, tomcat));
    }
}
