package io.gangway.it.canaries;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A virtual environment with frameworks, made by the first test that needs it, and anew when the requirements or the
 * interpreter have changed. There are several, because a WAR carries all of its environment.
 *
 * <p>Where it cannot be made because the machine lacks something, an interpreter with {@code venv} or a way to the registry,
 * the tests are skipped with the reason; they fail with it where {@code CI} is {@code true}. All other errors are failures.
 */
enum VirtualEnvironment {
    /** With the frameworks of WSGI, Starlette and FastAPI. */
    FRAMEWORKS("requirements.txt", "canaries-venv"),
    /** With further frameworks of ASGI, and the clients that talk to them. */
    ASGI("requirements-asgi.txt", "canaries-asgi-venv"),
    /** With NiceGUI, which is as large as all the others. */
    NICEGUI("requirements-nicegui.txt", "canaries-nicegui-venv");

    private static final String PYTHON = System.getProperty("test.python", "python3");
    /** pip's messages for a registry that it cannot reach. */
    private static final Pattern NO_NETWORK = Pattern.compile(
            "NewConnectionError|NameResolutionError|ConnectTimeoutError|ReadTimeoutError|ProxyError|Network is unreachable"
                    + "|from versions: none");

    private final String requirements;
    private final String folder;

    @SuppressWarnings("ImmutableEnumChecker") // guarded by the lock of each constant
    private @Nullable Path made;

    @SuppressWarnings("ImmutableEnumChecker") // guarded by the lock of each constant
    private @Nullable String lacking;

    VirtualEnvironment(String requirements, String folder) {
        this.requirements = requirements;
        this.folder = folder;
    }

    /** The file with the packages and their versions. */
    Path requirements() {
        return Places.sources().resolve(requirements);
    }

    /** Its root; throws the exception that ends the test if there is none. */
    synchronized Path root() throws IOException, InterruptedException {
        if (made == null && lacking == null) {
            make();
        }
        if (lacking != null) {
            throw Missing.onThisMachine(lacking);
        }
        return Objects.requireNonNull(made);
    }

    Path python() throws IOException, InterruptedException {
        return root().resolve("bin/python");
    }

    private void make() throws IOException, InterruptedException {
        Path root = Places.target().resolve(folder);
        Command interpreter;
        try {
            interpreter = run(PYTHON, "-c", "import sys, venv, ensurepip; print(sys.executable, sys.version)");
        } catch (IOException e) {
            lacking = "there is no interpreter " + PYTHON
                    + ": install Python 3.10 or later, or name it with -Dtest.python";
            return;
        }
        if (interpreter.status() != 0) {
            lacking = PYTHON + " cannot make virtual environments: install python3-venv. " + interpreter;
            return;
        }
        String wanted = Bytes.sha256((interpreter.output() + Files.readString(requirements())).getBytes(UTF_8));
        Path marker = root.resolve("made-from.sha256");
        if (!Files.exists(marker) || !Files.readString(marker).equals(wanted)) {
            Places.delete(root);
            run(PYTHON, "-m", "venv", root.toString()).succeeded();
            Command pip = run(
                    root.resolve("bin/python").toString(),
                    "-m",
                    "pip",
                    "install",
                    "-q",
                    "--disable-pip-version-check",
                    // The canaries keep their compiled files elsewhere.
                    "--no-compile",
                    "-r",
                    requirements().toString());
            if (pip.status() != 0 && NO_NETWORK.matcher(pip.output()).find()) {
                lacking = "the frameworks cannot be fetched, for there is no way to the registry. " + pip;
                return;
            }
            pip.succeeded();
            Files.writeString(marker, wanted);
        }
        made = root;
    }

    private static Command run(String... arguments) throws IOException, InterruptedException {
        return Command.run(Places.target(), Map.of(), arguments);
    }
}
