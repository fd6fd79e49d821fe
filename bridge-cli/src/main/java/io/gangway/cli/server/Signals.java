package io.gangway.cli.server;

import io.gangway.log.Logs;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * The signals of the command. INT and TERM: the first one is a request to stop, a second one ends the JVM at once (the Python workers then end by
 * themselves). The others are gunicorn's: what they ask for is done, in their order, once the server serves.
 *
 * <p>The JVM's own handler cannot do that: while its shutdown hooks run, it ignores further signals. QUIT stays the JVM's (a dump of its threads), and
 * USR2 too, with which it suspends its threads. WINCH needs no handler: its default is to be ignored.
 */
public final class Signals {
    public enum Signal {
        INT(2),
        TERM(15),
        /** A stop where standard input is a terminal, as in a shell. */
        HUP(1),
        USR1(10),
        TTIN(21),
        TTOU(22);

        private final int number;

        Signal(int number) {
            this.number = number;
        }
    }

    /** Added to a signal's number, it is the exit code that shells use. */
    private static final int SIGNALLED = 128;

    private final AtomicReference<Signal> stop = new AtomicReference<>();
    private final BlockingQueue<Signal> received = new LinkedBlockingQueue<>();

    private final Thread starting;
    private final boolean isInTerminal;

    /** Handles signals for a thread, which the first one that asks for a stop interrupts: it may be starting the application. */
    public Signals(Thread starting, boolean isInTerminal) {
        this.starting = starting;
        this.isInTerminal = isInTerminal;
    }

    /** Handles the signals from now on; the first that asks for a stop also interrupts this thread. */
    public static Signals install() {
        Signals signals = new Signals(Thread.currentThread(), isStandardInputATerminal());
        for (Signal signal : Signal.values()) {
            handle(signal, () -> signals.receive(signal));
        }
        return signals;
    }

    /**
     * Asked at the start: when the signal comes, the terminal may be gone. Linux tells by the name; on other systems (macOS, for development) there is one if there is a
     * console, which JDK 22 and later say of any.
     */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isStandardInputATerminal() {
        Path input = Path.of("/proc/self/fd/0");
        try {
            String name = Files.readSymbolicLink(input).toString();
            return name.startsWith("/dev/pts/") || name.startsWith("/dev/tty") || name.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return !Files.isDirectory(Path.of("/proc/self")) && System.console() != null;
        }
    }

    /**
     * By reflection: javac warns of sun.misc.Signal, which the JDK keeps because it has no replacement (JEP 260), and the warning
     * cannot be suppressed.
     */
    private static void handle(Signal signal, Runnable action) {
        try {
            Class<?> type = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Object handler = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handlerType}, (proxy, method, arguments) -> {
                        action.run();
                        return null;
                    });
            Object named = type.getConstructor(String.class).newInstance(signal.name());
            type.getMethod("handle", type, handlerType).invoke(null, named, handler);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            Logs.named("io.gangway.cli").log(System.Logger.Level.DEBUG, "SIG" + signal + " is left to the JVM", e);
        }
    }

    /** Sends this process a signal. */
    public static void raise(Signal signal) {
        try {
            Class<?> type = Class.forName("sun.misc.Signal");
            Object named = type.getConstructor(String.class).newInstance(signal.name());
            type.getMethod("raise", type).invoke(null, named);
        } catch (ReflectiveOperationException e) {
            Runtime.getRuntime().exit(SIGNALLED + signal.number);
        }
    }

    /** Handles a signal. */
    public void receive(Signal signal) {
        if (!isStop(signal)) {
            received.add(signal);
            return;
        }
        if (!stop.compareAndSet(null, signal)) {
            Runtime.getRuntime().halt(SIGNALLED + signal.number);
        }
        starting.interrupt(); // before the queue has it: what the thread does after it must not be interrupted
        received.add(signal);
    }

    private boolean isStop(Signal signal) {
        return switch (signal) {
            case INT, TERM -> true;
            case HUP -> isInTerminal;
            default -> false;
        };
    }

    /** Waits for the first signal that asks for a stop, and does what others ask for; the thread is not interrupted afterwards. */
    public void await(Consumer<Signal> others) {
        while (true) {
            try {
                Signal signal = received.take();
                if (isStop(signal)) {
                    break;
                }
                others.accept(signal);
            } catch (InterruptedException e) {
                // The stop interrupts this thread: the queue tells whether it has come.
            }
        }
        Thread.interrupted();
    }

    /** The exit code if a signal has stopped the command; empty if none has. */
    public Optional<Integer> exitCode() {
        return Optional.ofNullable(stop.get()).map(signal -> SIGNALLED + signal.number);
    }

    /** The name of the signal that asked for the stop, for example {@code SIGTERM}. */
    public String name() {
        return "SIG" + stop.get();
    }
}
