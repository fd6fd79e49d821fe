package io.gangway.it.canaries;

import io.gangway.it.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A canary that is served by the {@code gangway} command: by {@code gangway run}, or by a WAR that is started as a program. */
final class DeployedAsProgram extends DeployedAlone {
    private DeployedAsProgram(Path temporary, ServerProcess process, URI base) {
        super(temporary, process, base);
    }

    /** By {@code gangway run}. */
    static DeployedAsProgram run(Canary canary) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>();
        canary.allSettings().forEach((name, value) -> arguments.add("-D" + name + "=" + value));
        arguments.addAll(List.of("-jar", CarriedWar.command().toString(), "run", canary.application()));
        return start(canary, arguments);
    }

    /** By a WAR that {@code gangway war} has built. */
    static DeployedAsProgram war(Canary canary) throws IOException, InterruptedException {
        return start(canary, List.of("-jar", DeployedCarried.war(canary).toString()));
    }

    private static DeployedAsProgram start(Canary canary, List<String> program) throws IOException {
        Path temporary = Places.temporary();
        List<String> arguments = new ArrayList<>();
        arguments.add("-Djava.io.tmpdir=" + temporary);
        arguments.addAll(program);
        arguments.add("--bind=127.0.0.1:0");
        arguments.add("--context-path=" + canary.contextPath());
        ServerProcess process = ServerProcess.startWatched(temporary, arguments);
        String address = process.awaitLine(Pattern.compile("^Serving \\S+ on (\\S+?)/  "))
                .group(1);
        return new DeployedAsProgram(temporary, process, URI.create(address));
    }
}
