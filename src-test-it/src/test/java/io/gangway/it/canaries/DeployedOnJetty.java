package io.gangway.it.canaries;

import io.gangway.it.ServerProcess;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A canary in an embedded Jetty of its own, with its settings as system properties. */
final class DeployedOnJetty implements Deployed {
    private final Path temporary;
    private final ServerProcess process;
    private final URI base;

    DeployedOnJetty(Canary canary) throws IOException, InterruptedException {
        temporary = Places.temporary();
        List<String> arguments = new ArrayList<>();
        arguments.add("-Djava.io.tmpdir=" + temporary);
        canary.allSettings().forEach((name, value) -> arguments.add("-D" + name + "=" + value));
        arguments.addAll(List.of("-cp", classPath(), "io.gangway.it.launch.EmbeddedDeployment", canary.contextPath()));
        process = ServerProcess.start(temporary, arguments);
        Matcher ready = process.awaitLine(Pattern.compile("^READY port=(\\d+) "));
        base = URI.create("http://127.0.0.1:" + ready.group(1) + canary.contextPath());
    }

    @Override
    public URI base() {
        return base;
    }

    @Override
    public ServerProcess server() {
        return process;
    }

    @Override
    public int linesBefore() {
        return 0;
    }

    @Override
    public void undeploy() throws IOException, InterruptedException {
        Set<ProcessHandle> processes = Deployed.descendants(process);
        process.stop();
        process.awaitLine(Pattern.compile("^STOPPED threads=\\[\\]$"));
        Deployed.assertGone(processes, temporary, Set.of());
        Places.delete(temporary);
    }

    /** This JVM's class path without Tomcat: Jetty must find its own servlet API. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("tomcat"))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
