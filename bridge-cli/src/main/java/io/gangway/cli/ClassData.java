package io.gangway.cli;

import io.gangway.deploy.Settings;
import io.gangway.log.Logs;
import io.gangway.python.PythonSettings;
import java.io.File;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Makes the class data with which later JVMs start in less time: an archive of parsed classes (class data sharing, JEP 310), from JDK 25
 * on an ahead-of-time cache (JEP 514).
 *
 * <p>The script {@code gangway.sh} decides where it is, and whether it is missing; then it sets the property {@value #PROPERTY}. The data is made
 * by other JVMs, of the lowest priority, while this one serves ({@link ClassDataTraining}). A file that is cut off can crash a JVM: so it is written
 * aside, and gets its name when it is whole. Nothing of this fails the server, which has its class files all the same.
 */
final class ClassData {
    static final String PROPERTY = "io.gangway.cli.class-data";

    /** The first JDK whose ahead-of-time cache is made in one step. */
    private static final int FIRST_WITH_CACHE = 25;

    /** How long each of the JVMs may take: one to four seconds on an idle machine, and a minute on a busy one, because their priority is the lowest. */
    private static final long MAX_SECONDS = 600;

    /** The end of a file's name that tells the script: this data was tried, and cannot be made here. */
    private static final String FAILED = ".failed";

    private static final Pattern NEEDED =
            Pattern.compile("-Xm|-XX:\\+Use\\w+GC|-Djava\\.locale\\.providers=|-Dorg\\.eclipse\\.jetty\\.");

    /** Variables of this process that the training must not have. */
    private static final Set<String> OWN = Set.of(
            "PORT",
            "JDK_JAVA_OPTIONS",
            "JAVA_TOOL_OPTIONS",
            "NOTIFY_SOCKET",
            "LISTEN_FDS",
            "LISTEN_PID",
            "LISTEN_FDNAMES");

    private static final Logger LOG = Logs.named("io.gangway.cli");

    private final Path target;
    private final Path aside;
    private final String jar;

    private ClassData(Path target, String jar) {
        this.target = target;
        this.aside = target.resolveSibling(
                target.getFileName() + "." + ProcessHandle.current().pid() + ".new");
        this.jar = jar;
    }

    /** Makes the data in a thread of its own if the script has asked for it; returns at once. */
    static void makeIfAsked(Settings settings) {
        String target = System.getProperty(PROPERTY);
        String jar = System.getProperty("java.class.path", "");
        if (target == null || !Files.isRegularFile(Path.of(jar))) {
            return;
        }
        ClassData data = new ClassData(Path.of(target), jar);
        String python = settings.get(PythonSettings.PYTHON);
        Thread thread = new Thread(() -> data.tryToMake(python), "gangway-class-data");
        thread.setDaemon(true);
        thread.start();
    }

    private void tryToMake(String python) {
        try {
            make(python);
            Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
            deleteOlder();
            LOG.log(Level.DEBUG, () -> "the next start takes less time, with the class data in " + target);
        } catch (IOException | RuntimeException | LinkageError e) {
            LOG.log(Level.DEBUG, "class data for a faster start could not be made in " + target, e);
            fail();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            delete(aside);
            delete(list());
        }
    }

    private void make(String python) throws IOException, InterruptedException {
        if (Runtime.version().feature() >= FIRST_WITH_CACHE) {
            run(command(List.of("-XX:AOTCacheOutput=" + aside), ClassDataTraining.class.getName(), python));
            return;
        }
        // Not -XX:ArchiveClassesAtExit: it leaves out classes of old class files, and picocli's are.
        run(command(List.of("-XX:DumpLoadedClassList=" + list()), ClassDataTraining.class.getName(), python));
        // The archive's heap objects are written with G1 alone; any collector loads them.
        run(nice(List.of(
                java(),
                "-Xshare:dump",
                "-XX:+UseG1GC",
                "-Xlog:disable",
                "-XX:SharedClassListFile=" + list(),
                "-XX:SharedArchiveFile=" + aside,
                "-cp",
                jar)));
    }

    private List<String> command(List<String> options, String... arguments) {
        List<String> command = new ArrayList<>(List.of(java()));
        own().forEach(command::add);
        command.addAll(options);
        command.addAll(List.of("-Xlog:disable", "-cp", jar));
        command.addAll(List.of(arguments));
        return nice(command);
    }

    /** The options of this JVM that the data depends on, and those that keep classes from being loaded. */
    private static Stream<String> own() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> NEEDED.matcher(option).lookingAt());
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static List<String> nice(List<String> command) {
        return Files.isExecutable(Path.of("/usr/bin/nice"))
                ? Stream.concat(Stream.of("/usr/bin/nice", "-n", "19"), command.stream())
                        .toList()
                : command;
    }

    /** Its standard input is a pipe that ends with this JVM, and {@link ClassDataTraining} ends with the pipe. */
    private void run(List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(new File("/"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        removeOwn(builder.environment());
        Process process = builder.start();
        try {
            if (!process.waitFor(MAX_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("it was not done after " + MAX_SECONDS + " s: " + command);
            }
        } finally {
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            throw new IOException("it ended with status " + process.exitValue() + ": " + command);
        }
    }

    /**
     * Removes what is for this process alone: settings of this server, options that would also be the other JVM's, and what systemd gave the service.
     * With {@code NOTIFY_SOCKET} the training's launcher would tell systemd that the service stops, and systemd would end the service.
     */
    static void removeOwn(Map<String, String> environment) {
        environment.keySet().removeIf(name -> name.startsWith("GANGWAY_") || OWN.contains(name));
    }

    private Path list() {
        return aside.resolveSibling(aside.getFileName() + ".classes");
    }

    /**
     * Deletes what earlier contents of this jar, or another Java, needed, and what a JVM left that was ended while it made data: the names begin
     * with the jar's place.
     */
    private void deleteOlder() throws IOException {
        String name = target.getFileName().toString();
        String place = name.substring(0, name.indexOf('-') + 1);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(aside.resolveSibling("."), place + "*.data*")) {
            for (Path file : files) {
                if (!file.getFileName().toString().equals(name)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private void fail() {
        if (Files.exists(target)) {
            return; // another JVM made it at the same time
        }
        try {
            Files.createFile(target.resolveSibling(target.getFileName() + FAILED));
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "the failure could not be noted for later starts", e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "deleting a file of class data", e);
        }
    }
}
