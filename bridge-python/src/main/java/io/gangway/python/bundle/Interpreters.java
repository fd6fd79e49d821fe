package io.gangway.python.bundle;

import static io.gangway.wsgi.RuleViolation.quote;

import io.gangway.deploy.DeploymentException;
import io.gangway.python.supervisor.Interpreter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the interpreter that runs a bundle. */
public final class Interpreters {
    private Interpreters() {}

    /**
     * Finds an interpreter of the version that the packages need.
     *
     * @param description of the bundle
     * @param named the interpreter that the settings name
     * @return the interpreter that is named; otherwise {@code python3.X} on the path, or {@code python3} if it has this version
     * @throws DeploymentException if there is none, or the packages do not run on it
     * @throws InterruptedException if the thread is interrupted
     */
    public static Target find(BundleDescription description, Optional<String> named) throws InterruptedException {
        String path = Interpreter.usable(System.getenv("PATH"));
        if (named.isPresent()) {
            Target target = Target.of(Interpreter.resolve(named.get(), path))
                    .orElseThrow(() -> new DeploymentException("step interpreter: " + quote(named.get())
                            + " cannot be started, or is no Python 3. Fix: name the interpreter in gangway.python, for example "
                            + "python" + description.python().orElse("3")));
            target.check(description);
            return target;
        }
        List<String> commands = new ArrayList<>();
        description.python().ifPresent(version -> commands.add("python" + version));
        commands.add("python3");
        List<Target> others = new ArrayList<>();
        for (String command : commands) {
            Optional<Target> found = Target.of(Interpreter.resolve(command, path));
            if (found.isPresent()
                    && found.get()
                            .version()
                            .equals(description.python().orElse(found.get().version()))) {
                found.get().check(description);
                return found.get();
            }
            found.ifPresent(others::add);
        }
        throw missing(description, path, others);
    }

    private static DeploymentException missing(BundleDescription description, String path, List<Target> others) {
        String command = "python" + description.python().orElse("3");
        String also = others.isEmpty()
                ? ""
                : ", and " + quote(others.get(0).program()) + " is Python "
                        + others.get(0).release();
        return new DeploymentException(
                "step interpreter: the WAR needs Python " + description.python().orElse("3")
                        + "; there is no " + command + " on the path " + quote(path) + also + ". Fix: install Python "
                        + description.python().orElse("3") + ", or name it in gangway.python"
                        + (others.isEmpty()
                                ? ""
                                : ", or build the WAR for the Python that is there: gangway war --python-version "
                                        + others.get(0).version()));
    }
}
