package io.gangway.it.canaries;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A WAR whose Python application does not start. */
@ExtendWith(SharedTomcat.Extension.class)
final class BrokenWarIT {
    @Test
    void fails_its_own_deployment_says_why_and_leaves_nothing() throws Exception {
        SharedTomcat tomcat = Objects.requireNonNull(CanaryTest.tomcat);
        VirtualEnvironment.root();
        Canary broken = Canary.of("flask", "shop:nothing").named("broken");
        assertThatThrownBy(() -> CanaryServer.TOMCAT.deploy(broken, tomcat))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Servlet [gateway] in web application [/shop/broken] threw load() exception")
                .hasMessageContaining("the application did not start. The log says why");
        tomcat.process()
                .awaitLine(Pattern.compile("\"gateway\" of the web application \"/shop/broken\" cannot start: "
                        + "step find of \"shop:nothing\" failed: module shop has no \"nothing\"\\."));
        DeployedOnTomcat.assertNothingLeft(tomcat, List.of());
        new Client(
                        URI.create("http://127.0.0.1:" + tomcat.port() + broken.contextPath()),
                        CanaryServer.TOMCAT.protocol())
                .get("/")
                .status(404);
        Files.delete(DeployedOnTomcat.war(broken, tomcat));
    }
}
