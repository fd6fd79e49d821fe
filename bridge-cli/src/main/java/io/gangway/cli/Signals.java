package io.gangway.cli;

import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Ctrl-C and TERM: the first signal is a request to stop, a second one ends the JVM at once (the Python workers then end by
 * themselves).
 *
 * <p>The JVM's own handler cannot do that: while its shutdown hooks run, it ignores further signals.
 */
final class Signals {
    enum Signal {
        INT(2),
        TERM(15);

        private final int number;

        Signal(int number) {
            this.number = number;
        }
    }

    /** Added to a signal's number, it is the exit code that shells use. */
    private static final int SIGNALLED = 128;

    private final AtomicReference<Signal> first = new AtomicReference<>();
    private final CountDownLatch received = new CountDownLatch(1);

    private final Thread starting;

    /** Handles signals for a thread, which the first signal interrupts: it may be starting the application. */
    Signals(Thread starting) {
        this.starting = starting;
    }

    /** Handles the signals from now on; the first also interrupts this thread. */
    static Signals install() {
        Signals signals = new Signals(Thread.currentThread());
        for (Signal signal : Signal.values()) {
            handle(signal, () -> signals.receive(signal));
        }
        return signals;
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
            System.getLogger(Signals.class.getName())
                    .log(
                            System.Logger.Level.DEBUG,
                            "SIG" + signal + " is left to the JVM, which also stops gracefully",
                            e);
        }
    }

    /** Sends this process a signal. */
    static void raise(Signal signal) {
        try {
            Class<?> type = Class.forName("sun.misc.Signal");
            Object named = type.getConstructor(String.class).newInstance(signal.name());
            type.getMethod("raise", type).invoke(null, named);
        } catch (ReflectiveOperationException e) {
            Runtime.getRuntime().exit(SIGNALLED + signal.number);
        }
    }

    /** Handles a signal. */
    void receive(Signal signal) {
        if (!first.compareAndSet(null, signal)) {
            Runtime.getRuntime().halt(SIGNALLED + signal.number);
        }
        starting.interrupt(); // before the latch opens: what the thread does after it must not be interrupted
        received.countDown();
    }

    /** Waits for the first signal; the thread is not interrupted afterwards. */
    void await() {
        while (received.getCount() > 0) {
            try {
                received.await();
            } catch (InterruptedException e) {
                // The first signal interrupts this thread: the latch tells whether it has come.
            }
        }
        Thread.interrupted();
    }

    /** The exit code if a signal has stopped the command; empty if none has. */
    Optional<Integer> exitCode() {
        return Optional.ofNullable(first.get()).map(signal -> SIGNALLED + signal.number);
    }

    /** The name of the first signal, for example {@code SIGTERM}. */
    String name() {
        return "SIG" + first.get();
    }
}
