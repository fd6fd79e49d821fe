package io.gangway.it.canaries;

import io.gangway.it.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Set;

/** A canary in a server of its own, which has a directory of its own for temporary files. */
abstract class DeployedAlone implements Deployed {
    private final Path temporary;
    private final ServerProcess process;
    private final URI base;

    DeployedAlone(Path temporary, ServerProcess process, URI base) {
        this.temporary = temporary;
        this.process = process;
        this.base = base;
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
        stopped();
        Deployed.assertGone(processes, temporary, Set.of());
        Places.delete(temporary);
    }

    /** Checks what the server has said at its end. */
    void stopped() throws IOException, InterruptedException {}
}
