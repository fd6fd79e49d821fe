package io.gangway.cli.war;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.python.bundle.Target;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Installs and finds packages. */
final class Pip {
    private final WarRequest request;
    private final PrintStream out;

    Pip(WarRequest request, PrintStream out) {
        this.request = request;
        this.out = out;
    }

    /** Gets the packages that the request names; files are made in the directory. */
    Packages packages(Path directory) throws IOException, InterruptedException {
        if (request.requirements().isPresent()) {
            return install(request.requirements().get(), directory);
        }
        return request.venv().isPresent() ? copied(request.venv().get()) : Packages.none();
    }

    private static Packages copied(Path venv) throws IOException {
        Path lib = venv.resolve("lib");
        if (!Files.isExecutable(venv.resolve("bin/python")) || !Files.isDirectory(lib)) {
            throw new WarException("--venv " + venv + ": it is no virtual environment. Fix: name a directory that"
                    + " `python3 -m venv` made");
        }
        try (Stream<Path> versions = Files.list(lib)) {
            Path found = versions.filter(folder -> Files.isDirectory(folder.resolve("site-packages")))
                    .sorted()
                    .findFirst()
                    .orElseThrow(
                            () -> new WarException("--venv " + venv + ": it has no packages. Fix: install them with "
                                    + venv + "/bin/python -m pip install -r requirements.txt"));
            return Packages.in(
                    found.resolve("site-packages"),
                    String.valueOf(found.getFileName()).replaceFirst("^python", ""));
        }
    }

    private Packages install(Path requirements, Path directory) throws IOException, InterruptedException {
        if (!Files.isRegularFile(requirements)) {
            throw new WarException(
                    "--requirements " + requirements + ": there is no such file. Fix: name a requirements file");
        }
        Target target = Target.of(request.python())
                .orElseThrow(
                        () -> new WarException(
                                request.python()
                                        + " cannot be started, or is no Python 3. Fix: install Python 3, or name an interpreter with --python"));
        String version = request.pythonVersion().orElse(target.version());
        out.println("Installing the packages of " + requirements + " for Python " + version
                + (request.platforms().isEmpty() ? "" : " on " + String.join(", ", request.platforms())));
        out.flush();
        Path site = Files.createDirectory(directory.resolve("site-packages"));
        List<String> command = new ArrayList<>(List.of(pip(directory), "-m", "pip", "install"));
        command.addAll(List.of("--disable-pip-version-check", "--no-input", "--no-compile", "--progress-bar", "off"));
        command.addAll(
                List.of("--no-warn-script-location", "--target", site.toString(), "-r", requirements.toString()));
        if (request.pythonVersion().isPresent() || !request.platforms().isEmpty()) {
            command.addAll(List.of("--only-binary=:all:", "--implementation", "cp", "--python-version", version));
            request.platforms().forEach(platform -> command.addAll(List.of("--platform", platform)));
        }
        if (run(command) != 0) {
            throw new WarException("the packages of " + requirements + " could not be installed for Python " + version
                    + "; pip's message is above. Fix: correct the requirements; where a package has no wheel for the version"
                    + " or platform, build the WAR on a machine like the one that runs it");
        }
        return Packages.in(site, version);
    }

    /** An interpreter that has pip: the one that is named, or one of a temporary virtual environment. */
    private String pip(Path directory) throws IOException, InterruptedException {
        if (isSuccessful(List.of(request.python(), "-m", "pip", "--version"))) {
            return request.python();
        }
        Path venv = directory.resolve("pip");
        if (!isSuccessful(List.of(request.python(), "-m", "venv", venv.toString()))) {
            throw new WarException(
                    request.python() + " has neither pip nor venv. Fix: install them (Debian, Ubuntu: apt"
                            + " install python3-pip), name another interpreter with --python, or an environment with --venv");
        }
        return venv.resolve("bin/python").toString();
    }

    private static boolean isSuccessful(List<String> command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    /** Shows each line at once, so that a long installation shows its progress. */
    private int run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(request.directory().toFile())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader lines = process.inputReader(UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                out.println("  " + line);
                out.flush();
            }
            return process.waitFor();
        } finally {
            process.destroy();
        }
    }
}
