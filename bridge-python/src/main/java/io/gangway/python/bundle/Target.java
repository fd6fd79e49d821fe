package io.gangway.python.bundle;

import static io.gangway.wsgi.RuleViolation.quote;

import io.gangway.deploy.DeploymentException;
import io.gangway.log.FileProblem;
import io.gangway.log.Logs;
import io.gangway.python.supervisor.Interpreter;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An interpreter of this machine, as it describes itself.
 *
 * @param program the path or command by which it was started
 * @param version major and minor version, for example {@code 3.11}
 * @param release the whole version, for example {@code 3.11.7}
 * @param platform as {@code sysconfig.get_platform()} tells it, for example {@code linux-x86_64}
 * @param libc the C library and its version, for example {@code glibc 2.36}; empty if it is not known, as with musl
 */
public record Target(String program, String version, String release, String platform, String libc) {
    /** Time within which an interpreter must answer: it takes 20 ms, and a cold disk may need seconds. */
    private static final Duration MAX_TIME = Duration.ofSeconds(30);

    private static final Logger LOG = Logs.named("io.gangway.python");

    /** Bytes that an interpreter prints about itself, at most. */
    private static final int ROOM = 1024;

    /** {@code manylinux_2_17_x86_64} (PEP 600), {@code musllinux_1_2_aarch64} (PEP 656), {@code macosx_11_0_arm64}. */
    private static final Pattern VERSIONED =
            Pattern.compile("(manylinux|musllinux|macosx)_(\\d{1,4})_(\\d{1,4})_(\\w+)");

    /** The names from before PEP 600. */
    private static final List<String[]> OLD_NAMES = List.of(
            new String[] {"manylinux1_", "manylinux_2_5_"},
            new String[] {"manylinux2010_", "manylinux_2_12_"},
            new String[] {"manylinux2014_", "manylinux_2_17_"});

    /** Variables that make an interpreter search elsewhere; the packages bring their own. */
    private static final Set<String> MISLEADING = Set.of("PYTHONHOME", "PYTHONPATH");

    /**
     * Asks an interpreter.
     *
     * @param program a path or a command
     * @return empty if there is no such program, or if it is no Python 3
     * @throws DeploymentException if what it says cannot be written into the directory for temporary files
     * @throws InterruptedException if the thread is interrupted
     */
    public static Optional<Target> of(String program) throws InterruptedException {
        return of(program, Path.of(System.getProperty("java.io.tmpdir")));
    }

    /** As above, with a directory for temporary files. */
    static Optional<Target> of(String program, Path directory) throws InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(program);
        builder.environment().keySet().removeAll(MISLEADING);
        Path output = null;
        try {
            output = Files.createTempFile(directory, "gangway-", ".txt");
            Files.write(output, new byte[ROOM]); // a program that cannot write says nothing of it
            return told(program, builder, output);
        } catch (IOException e) {
            throw new DeploymentException(
                    "step interpreter: no file can be written in the directory for temporary files, "
                            + quote(directory.toString()) + ": " + FileProblem.inWords(e)
                            + ". Fix: make room there, or name another directory with -Djava.io.tmpdir");
        } finally {
            delete(output);
        }
    }

    private static Optional<Target> told(String program, ProcessBuilder builder, Path output)
            throws InterruptedException {
        try {
            return Interpreter.ask(builder, output, MAX_TIME)
                    .told()
                    .filter(told -> told.major() == 3)
                    .map(told ->
                            new Target(program, "3." + told.minor(), told.release(), told.platform(), told.libc()));
        } catch (IOException e) {
            return Optional.empty(); // there is no such program
        }
    }

    private static void delete(@Nullable Path output) {
        try {
            if (output != null) {
                Files.deleteIfExists(output);
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "deleting a temporary file", e);
        }
    }

    /**
     * Checks that a bundle's packages run on this interpreter.
     *
     * @param description of the bundle
     * @throws DeploymentException if a package is for another version of Python or another platform; the message says what to do
     */
    public void check(BundleDescription description) {
        description.python().filter(wanted -> !wanted.equals(version)).ifPresent(wanted -> {
            throw new DeploymentException(
                    "step interpreter: the packages in the WAR are for Python " + wanted + ", and "
                            + quote(program) + " is Python " + release + ". Fix: install Python " + wanted
                            + " and name it in gangway.python, or build the WAR for this version: gangway war --python-version "
                            + version);
        });
        description.wheels().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .filter(wheel -> !runs(wheel.getValue()))
                .findFirst()
                .ifPresent(wheel -> {
                    throw new DeploymentException("step interpreter: the package " + quote(wheel.getKey())
                            + " in the WAR is for another platform (" + quote(wheel.getValue()) + ") than "
                            + quote(program) + ", which is for " + platform + (libc.isEmpty() ? "" : " with " + libc)
                            + ". Fix: build the WAR on a machine like this one, or for it: gangway war --platform "
                            + suggestion());
                });
    }

    /** Whether a wheel with one of these tags runs here, as far as its platform is concerned. */
    private boolean runs(String tags) {
        return List.of(tags.split(" ", -1)).stream()
                .map(tag -> tag.substring(tag.lastIndexOf('-') + 1))
                .anyMatch(this::isPlatform);
    }

    /** Whether a wheel for a platform runs here (PEP 425, 600, 656). */
    boolean isPlatform(String tag) {
        String modern = tag;
        for (String[] names : OLD_NAMES) {
            modern = modern.startsWith(names[0]) ? names[1] + modern.substring(names[0].length()) : modern;
        }
        if (modern.equals("any") || modern.equals(platform.replaceAll("[-.]", "_"))) {
            return true;
        }
        Matcher parts = VERSIONED.matcher(modern);
        if (!parts.matches()) {
            return false;
        }
        String architecture = parts.group(4);
        int major = Integer.parseInt(parts.group(2));
        int minor = Integer.parseInt(parts.group(3));
        boolean isLinux = platform.equals("linux-" + architecture);
        return switch (parts.group(1)) {
            case "manylinux" ->
                isLinux && libc.startsWith("glibc ") && isAtLeast(libc.substring("glibc ".length()), major, minor);
            case "musllinux" -> isLinux && libc.isEmpty();
            default ->
                platform.startsWith("macosx-")
                        && (architecture.equals("universal2") || platform.endsWith("-" + architecture))
                        && isAtLeast(platform.split("-", -1)[1], major, minor);
        };
    }

    private static boolean isAtLeast(String found, int major, int minor) {
        Matcher numbers = Pattern.compile("(\\d{1,4})\\.(\\d{1,4}).*").matcher(found);
        return numbers.matches()
                && (Integer.parseInt(numbers.group(1)) > major
                        || (Integer.parseInt(numbers.group(1)) == major
                                && Integer.parseInt(numbers.group(2)) >= minor));
    }

    private String suggestion() {
        String architecture = platform.substring(platform.indexOf('-') + 1);
        if (!platform.startsWith("linux-")) {
            return platform.replaceAll("[-.]", "_");
        }
        return (libc.startsWith("glibc ")
                        ? "manylinux_" + libc.substring("glibc ".length()).replace('.', '_')
                        : "musllinux_1_2")
                + "_" + architecture;
    }
}
