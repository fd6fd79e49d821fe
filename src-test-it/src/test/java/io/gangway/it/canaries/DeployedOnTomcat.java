package io.gangway.it.canaries;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.it.GatewayWar;
import io.gangway.it.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.Pattern;

/** A canary as a WAR that is dropped into the running Tomcat, and taken out again. */
final class DeployedOnTomcat implements Deployed {
    private final SharedTomcat tomcat;
    private final Canary canary;
    private final Path war;

    DeployedOnTomcat(Canary canary, SharedTomcat tomcat) throws IOException, InterruptedException {
        this.tomcat = tomcat;
        this.canary = canary;
        this.war = war(canary, tomcat);
        // Moved there whole, for Tomcat might find half a file.
        Path made = tomcat.webapps().resolveSibling(war.getFileName());
        GatewayWar.of(canary.allSettings()).write(made);
        Files.move(made, war, StandardCopyOption.ATOMIC_MOVE);
        awaitLine("Deployment of web application archive \\[" + Pattern.quote(war.toString()) + "\\] has finished");
        assertThat(processes())
                .as("the processes of %s; the log:%n%s", canary.name(), tomcat.failures())
                .hasSizeGreaterThan(1);
        // Or undeploy() would look for what cannot be found.
        assertThat(tomcat.threads()).anyMatch(DeployedOnTomcat::isOurs);
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
    public void undeploy() throws IOException, InterruptedException {
        List<ProcessHandle> processes = processes();
        Files.delete(war);
        awaitLine("Undeploying context \\[" + Pattern.quote(canary.contextPath()) + "\\]");
        assertNothingLeft(tomcat, processes);
    }

    static void assertNothingLeft(SharedTomcat tomcat, List<ProcessHandle> processes)
            throws IOException, InterruptedException {
        Deployed.assertGone(processes, tomcat.temporary());
        assertThat(ProcessHandle.of(tomcat.process().pid()).stream().flatMap(ProcessHandle::descendants))
                .as("children of Tomcat without an application")
                .isEmpty();
        assertThat(tomcat.threads()).noneMatch(DeployedOnTomcat::isOurs);
        assertThat(tomcat.process().lines())
                .as("what Tomcat notices of threads and thread locals that are left")
                .noneMatch(line -> line.contains("memory leak"));
    }

    static Path war(Canary canary, SharedTomcat tomcat) throws IOException {
        return tomcat.webapps().resolve(canary.contextPath().substring(1).replace('/', '#') + ".war");
    }

    private static boolean isOurs(String thread) {
        return thread.startsWith("\"gangway");
    }

    private void awaitLine(String pattern) {
        tomcat.process().awaitLine(Pattern.compile(pattern));
    }
}
