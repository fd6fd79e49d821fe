package io.gangway.it.canaries;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.it.GatewayWar;
import io.gangway.it.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.regex.Pattern;

/** A canary as a WAR that is copied into the running Tomcat, and removed again. Remains of other canaries are not counted. */
final class DeployedOnTomcat implements Deployed {
    private final SharedTomcat tomcat;
    private final Canary canary;
    private final Path war;
    private final SharedTomcat.State before;

    DeployedOnTomcat(Canary canary, SharedTomcat tomcat) throws IOException, InterruptedException {
        this.tomcat = tomcat;
        this.canary = canary;
        this.war = war(canary, tomcat);
        this.before = tomcat.state();
        // Moved there as a whole, because Tomcat might find half a file.
        Path made = tomcat.webapps().resolveSibling(war.getFileName());
        GatewayWar.of(canary.allSettings()).write(made);
        Files.move(made, war, StandardCopyOption.ATOMIC_MOVE);
        awaitLine("Deployment of web application archive \\[" + Pattern.quote(war.toString()) + "\\] has finished");
        assertThat(tomcat.processesSince(before))
                .as("the processes of %s; the log since:%n%s", canary.name(), tomcat.complaintsSince(before))
                .hasSizeGreaterThan(1);
        // Otherwise undeploy() would search for it in vain.
        assertThat(tomcat.gangwayThreadsSince(before))
                .as("the threads of %s", canary.name())
                .isNotEmpty();
    }

    @Override
    public URI base() {
        return URI.create("http://127.0.0.1:" + tomcat.port() + canary.contextPath());
    }

    @Override
    public ServerProcess server() {
        return tomcat.process();
    }

    @Override
    public int linesBefore() {
        return before.lines();
    }

    @Override
    public void undeploy() throws IOException, InterruptedException {
        Set<ProcessHandle> processes = tomcat.processesSince(before);
        Files.delete(war);
        awaitLine("Undeploying context \\[" + Pattern.quote(canary.contextPath()) + "\\]");
        Deployed.assertGone(processes, tomcat.temporary(), before.directories());
        tomcat.assertNothingLeftSince(before, canary);
    }

    static Path war(Canary canary, SharedTomcat tomcat) throws IOException {
        return tomcat.webapps().resolve(canary.contextPath().substring(1).replace('/', '#') + ".war");
    }

    private void awaitLine(String pattern) {
        tomcat.process().awaitLine(before.lines(), Pattern.compile(pattern));
    }
}
