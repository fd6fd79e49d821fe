package io.gangway.it.canaries;

import io.gangway.it.ServerProcess;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A canary in an embedded Jetty of its own, with its settings as system properties. */
final class DeployedOnJetty extends DeployedAlone {
    private DeployedOnJetty(Path temporary, ServerProcess process, URI base) {
        super(temporary, process, base);
    }

    static DeployedOnJetty of(Canary canary) throws IOException, InterruptedException {
        Path temporary = Places.temporary();
        List<String> arguments = new ArrayList<>();
        arguments.add("-Djava.io.tmpdir=" + temporary);
        canary.allSettings().forEach((name, value) -> arguments.add("-D" + name + "=" + value));
        arguments.addAll(List.of("-cp", classPath(), "io.gangway.it.launch.EmbeddedDeployment", canary.contextPath()));
        ServerProcess process = ServerProcess.start(temporary, arguments);
        Matcher ready = process.awaitLine(Pattern.compile("^READY port=(\\d+) "));
        return new DeployedOnJetty(
                temporary, process, URI.create("http://127.0.0.1:" + ready.group(1) + canary.contextPath()));
    }

    @Override
    void stopped() throws IOException, InterruptedException {
        server().awaitLine(Pattern.compile("^STOPPED threads=\\[\\]$"));
    }

    /** This JVM's class path without Tomcat: Jetty must find its own servlet API. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("tomcat"))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
