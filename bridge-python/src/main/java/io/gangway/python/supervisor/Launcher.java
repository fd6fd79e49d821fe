package io.gangway.python.supervisor;

import static io.gangway.wsgi.RuleViolation.quote;

import io.gangway.log.FileProblem;
import io.gangway.python.dispatch.WorkerEnd;
import io.gangway.python.loop.EventLoop;
import io.gangway.python.loop.LoopLogger;
import io.gangway.python.protocol.Frame;
import io.gangway.python.protocol.FrameEncoder;
import io.gangway.python.protocol.FrameType;
import io.gangway.python.protocol.ProtocolException;
import io.gangway.python.supervisor.Reception.Guest;
import io.gangway.wsgi.Escapes;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A launcher's process and its connection. Belongs to the event loop, on which its owner is called too. */
final class Launcher {
    /** How long a launcher whose connection was closed may take to end by itself: it kills its children first. */
    private static final Duration END_TIME = Duration.ofSeconds(3);

    /**
     * More passes of the loop's selector in which a process that has ended already is introduced: one accepts its connection, one reads HELLO, and one finds that there is none. What it sent
     * before its end says why it ended.
     */
    private static final int PASSES = 3;

    /** Tells a wanted end from the JVM's, after which the launcher deletes request bodies. */
    private static final byte[] RETIRE = FrameEncoder.fields(FrameType.RETIRE, List.of("0"));

    private static final String OUTPUT = "output.log";

    private static final Logger LOG = LoopLogger.of("io.gangway.python");

    private final String token;
    private final Process process;
    private final EventLoop loop;
    private final Owner owner;
    private final WorkerLog log;
    private final Path files;
    private final LauncherOutput output;
    /** Completes when the process has ended. */
    private final CompletableFuture<Void> end;

    private @Nullable Link link;
    private @Nullable Failed failure;
    private boolean isEnding;

    /** Is told of the launcher and of its workers. */
    interface Owner {
        /** The launcher can fork workers now. */
        void launcherConnected();

        /** A worker's process has been started. */
        void workerStarted(String token, long pid);

        /** A worker's process has ended. */
        void workerEnded(String token, WorkerEnd how);

        /** The launcher's process has ended, and all its output has been read. */
        void launcherEnded();
    }

    private Launcher(String token, Process process, Path files, EventLoop loop, Owner owner) {
        this.token = token;
        this.process = process;
        this.loop = loop;
        this.owner = owner;
        this.log = new WorkerLog("[python launcher " + process.pid() + "]");
        this.files = files;
        this.output = new LauncherOutput(files.resolve(OUTPUT), log);
        this.end = process.onExit().thenRun(() -> loop.executeAfterReading(() -> ended(PASSES)));
    }

    /** Starts the process; it connects later. */
    static Launcher start(Context context, Owner owner) throws IOException {
        Plan plan = context.plan();
        String token = Tokens.next();
        // A new copy of the package for each launcher: a program that clears temporary directories may have deleted an
        // older one.
        Path files = Files.createDirectory(context.directory().resolve("launcher-" + token.substring(0, 8)));
        Path workerPackage = WorkerPackage.unpack(files);
        plan.identity().showPackage(files, workerPackage);
        Process process = Processes.start(Interpreter.processBuilder(plan, commandLine(plan, workerPackage))
                .redirectErrorStream(true)
                .redirectOutput(Identity.privateFile(files.resolve(OUTPUT)).toFile()));
        try {
            Launcher launcher = new Launcher(token, process, files, context.loop(), owner);
            launcher.configure(LauncherConfiguration.of(plan, context.socket(), token));
            return launcher;
        } catch (RuntimeException | Error e) {
            process.destroyForcibly(); // the caller has no reference to it
            throw e;
        }
    }

    /** The package, and then the deployment for readers of {@code ps}. */
    private static String[] commandLine(Plan plan, Path workerPackage) {
        return Stream.of(workerPackage.toString(), Escapes.line(plan.application()), Escapes.line(plan.deployment()))
                .distinct() // without a context path, the deployment has the application's name
                .toArray(String[]::new);
    }

    private void configure(String configuration) {
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write((configuration + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            log.stderr("the configuration could not be written: "
                    + FileProblem.inWords(e)); // the process ended; its output says why
        }
    }

    long pid() {
        return process.pid();
    }

    /** Whether it can fork workers. */
    boolean isConnected() {
        return link != null;
    }

    /** Takes a connection, if this launcher opened it and it is the first. Returns whether it is. */
    boolean admit(Guest guest) {
        if (link != null || !token.equals(guest.token())) {
            return false;
        }
        link = Link.ofFrames(guest, this::take, this::disconnected);
        link.begin();
        owner.launcherConnected();
        return true;
    }

    private void disconnected() {
        link = null;
        loop.schedule(END_TIME, process::destroyForcibly);
    }

    private void ended(int passes) {
        if (link == null && passes > 0) {
            loop.executeAfterReading(() -> ended(passes - 1));
            return;
        }
        if (link != null) {
            link.drain(); // its last frames may still be unread
        }
        output.readRest();
        try {
            OwnTree.delete(files);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "deleting a launcher's files", e);
        }
        owner.launcherEnded();
    }

    private void take(Frame frame) throws ProtocolException {
        switch (frame.type()) {
            case CHILD -> child(frame.fields(4));
            case LOG -> log.record(frame);
            case FAILED -> failure = Failed.of(frame);
            default -> throw new ProtocolException(frame.type() + " from the launcher");
        }
    }

    private void child(List<String> fields) throws ProtocolException {
        String worker = fields.get(0);
        try {
            int number = Integer.parseInt(fields.get(3));
            switch (fields.get(2)) {
                case "started" -> owner.workerStarted(worker, Processes.pid(fields.get(1)));
                case "exit" -> owner.workerEnded(worker, new WorkerEnd(false, number));
                case "signal" -> owner.workerEnded(worker, new WorkerEnd(true, number));
                case "failed" -> {
                    log.stderr("a worker could not be forked: error number " + number);
                    owner.workerEnded(worker, WorkerEnd.UNKNOWN);
                }
                default -> throw new ProtocolException("CHILD with " + quote(fields.toString()));
            }
        } catch (NumberFormatException e) {
            throw new ProtocolException("CHILD with " + quote(fields.toString()));
        }
    }

    /** Has the launcher fork a worker. */
    void fork(String worker, Path slotFile) {
        if (link != null) {
            link.send(FrameEncoder.fields(FrameType.FORK, List.of(worker, slotFile.toString())));
        }
    }

    /** Has the launcher tell the service manager a state. */
    void tell(String state) {
        if (link != null) {
            link.send(FrameEncoder.fields(FrameType.NOTIFY, List.of(state)));
        }
    }

    /** Logs the output that it has printed since the last call. */
    void readOutput() {
        output.read();
    }

    /** Keeps what Python has compiled of the workers' package; the launcher has imported all of it when it connects. */
    void keepCompiled() {
        WorkerPackage.keepCompiled(files);
    }

    /** Why it could not start; null if it has not said so. */
    @Nullable
    Failed failure() {
        return failure;
    }

    /** How it ended, in words. */
    String inWords() {
        return process.isAlive() ? "closed its connection" : "ended with status " + process.exitValue();
    }

    List<String> lastLines() {
        return log.lastLines();
    }

    /** Closes its connection: it kills its children and then ends by itself. Does not wait. */
    void end() {
        if (isEnding) {
            return;
        }
        isEnding = true;
        if (link == null) {
            process.destroyForcibly();
            return;
        }
        try {
            link.send(RETIRE);
            link.close();
        } catch (RuntimeException | Error e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /** Waits for its end, and kills it if that takes too long. Not for the event loop. */
    void awaitEnd() {
        try {
            end.get(END_TIME.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.log(Level.WARNING, () -> "the launcher of the Python workers, process " + pid() + ", is killed: " + e);
        } finally {
            process.destroyForcibly(); // has no effect on a process that has ended
        }
    }
}
