package io.gangway.python;

import io.gangway.deploy.DeploymentException;
import io.gangway.deploy.LoadContext;
import io.gangway.deploy.Settings;
import io.gangway.exchange.Step;
import io.gangway.middleware.StaticFiles;
import io.gangway.python.bundle.Bundle;
import io.gangway.python.bundle.Interpreters;
import io.gangway.python.bundle.Target;
import io.gangway.python.bundle.Unpacked;
import io.gangway.python.supervisor.Identity;
import io.gangway.python.supervisor.PrivateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A Python application that its web application carries, and the interpreter that runs it.
 *
 * @param unpacked the code and the packages
 * @param target the interpreter
 */
record Carried(Unpacked unpacked, Target target) {
    /**
     * Finds and unpacks it.
     *
     * @param context of the deployment
     * @param directories gets the private directory in which it is unpacked if there is no container with a directory for it
     * @return empty if the application is not carried by a web application
     * @throws DeploymentException if no interpreter of this machine runs it, it cannot be unpacked, or the workers are to run as another user
     */
    static Optional<Carried> find(LoadContext context, List<PrivateDirectory> directories)
            throws IOException, InterruptedException {
        Optional<Bundle> found = Bundle.find(context.classLoader());
        if (found.isEmpty()) {
            return Optional.empty();
        }
        refuseOtherUser(context.settings());
        Bundle bundle = found.get();
        Target target = Interpreters.find(bundle.description(), PythonSettings.namedInterpreter(context.settings()));
        Path parent;
        if (context.directory().isPresent()) {
            parent = context.directory().get();
        } else {
            parent = ownDirectory(directories);
        }
        return Optional.of(new Carried(bundle.unpackIn(parent), target));
    }

    private static Path ownDirectory(List<PrivateDirectory> directories) {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        try {
            PrivateDirectory own = PrivateDirectory.in(temporary);
            directories.add(own);
            return own.path();
        } catch (IOException e) {
            throw PrivateDirectory.notMade("step unpack", temporary, e);
        }
    }

    /** Neither is that user's interpreter to be asked as this one, nor can that user enter the private directory. */
    private static void refuseOtherUser(Settings settings) throws IOException {
        Identity identity = PythonSettings.identity(settings);
        if (identity.isOther()) {
            throw DeploymentException.ofSetting(
                    "gangway.user: the application of a WAR is unpacked where only this process's user can read it, not "
                            + identity.user().orElseThrow()
                            + ". Fix: start the server as that user and without this setting");
        }
    }

    String python() {
        return target.program();
    }

    Path code() {
        return unpacked.code();
    }

    /** The directory that the workers use as a virtual environment. */
    Optional<Path> packages() {
        return unpacked.packages();
    }

    /** The static files of the web application, which need no worker. */
    List<Step> steps() {
        return unpacked.statics().entrySet().stream()
                .map(files -> StaticFiles.in(files.getValue()).build().below(files.getKey()))
                .toList();
    }

    List<String> pythonPath(Settings settings) {
        List<String> path = new ArrayList<>();
        if (settings.kind(PythonSettings.PYTHON_PATH).isPresent()) {
            path.addAll(PythonApplicationLoader.paths(settings));
        }
        path.add(code().toString());
        return path;
    }
}
