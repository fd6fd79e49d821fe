package io.gangway.cli;

import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Ctrl-C and TERM: the first is a request to stop, a second one ends the JVM at once (its Python workers then end by
 * themselves).
 *
 * <p>The JVM's own handling has no second time: while its shutdown hooks run, it ignores further signals.
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

    /** Added to a signal's number, as shells tell it. */
    private static final int SIGNALLED = 128;

    private final AtomicReference<Signal> first = new AtomicReference<>();
    private final CountDownLatch received = new CountDownLatch(1);

    private final Thread starting;

    /** Signals that interrupt a thread, which may be starting something. */
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
     * By reflection: javac warns of sun.misc.Signal, which the JDK keeps for want of anything better (JEP 260), and has no
     * way to be told that this is known.
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
                            "SIG" + signal + " is left to the JVM, which stops as gracefully",
                            e);
        }
    }

    /** What the handler of a signal does. */
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
                // The first signal's own doing, or nobody's: the latch tells.
            }
        }
        Thread.interrupted();
    }

    /** The exit code of who was stopped by a signal; nothing if there was none. */
    Optional<Integer> exitCode() {
        return Optional.ofNullable(first.get()).map(signal -> SIGNALLED + signal.number);
    }

    /** Such as {@code SIGTERM}. */
    String name() {
        return "SIG" + first.get();
    }
}
