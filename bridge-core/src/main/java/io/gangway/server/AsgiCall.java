package io.gangway.server;

import static java.util.Objects.requireNonNull;

import io.gangway.asgi.AsgiApplication;
import io.gangway.asgi.AsgiEvent;
import io.gangway.asgi.Scope;
import io.gangway.wsgi.ApplicationViolation;
import io.gangway.wsgi.ClientException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One call of an ASGI function: what it sends and receives waits here until its turn comes.
 *
 * <p>All fields are used in {@link Turns}: what the application does on any thread, and what the client does, comes one after the other. Stages complete there too, so that what
 * an application does in answer to one event comes after what the server does about it.
 */
abstract class AsgiCall {
    /** An event of the application, and the stage that it waits for. */
    record Sending(AsgiEvent.Sent event, CompletableFuture<Void> done) {}

    final Turns turns = new Turns();
    final Deque<CompletableFuture<AsgiEvent.Received>> receives = new ArrayDeque<>(2);
    final Deque<Sending> sends = new ArrayDeque<>(2);
    /** What waits for room. */
    @Nullable
    Sending written;

    private boolean isReturned;

    /** Calls the function. */
    @SuppressWarnings("FutureReturnValueIgnored") // all that can fail is logged
    final void run(AsgiApplication function, Scope scope) {
        CompletionStage<Void> returned;
        try {
            returned = function.call(scope, this::receive, this::send);
        } catch (Throwable e) { // an application may throw anything, also an Error, and the server must go on
            over(e);
            return;
        }
        if (returned == null) {
            over(noStage());
        } else {
            returned.whenComplete((nothing, problem) -> over(problem));
        }
    }

    private static ApplicationViolation noStage() {
        return new ApplicationViolation(
                "A17",
                "the application's return",
                "a stage that completes when the application is done",
                "null",
                "return the stage of the last send, or CompletableFuture.completedFuture(null)");
    }

    /** What the application failed with: stages that depend on others wrap it. */
    static Throwable unwrapped(Throwable problem) {
        return problem instanceof CompletionException && problem.getCause() != null ? problem.getCause() : problem;
    }

    // What the application does, on any thread.

    /** The function has returned, or failed; or, where {@link #run} was not called, somebody else says so. */
    final void over(@Nullable Throwable problem) {
        turns.take(() -> returned(problem));
    }

    private CompletionStage<AsgiEvent.Received> receive() {
        CompletableFuture<AsgiEvent.Received> given = new CompletableFuture<>();
        turns.take(() -> {
            receives.add(given);
            feed();
            eventAwaited();
        });
        return StackDepth.bounded(given);
    }

    final CompletionStage<Void> send(AsgiEvent.Sent event) {
        requireNonNull(event, "event");
        CompletableFuture<Void> done = new CompletableFuture<>();
        turns.take(() -> sent(new Sending(event, done)));
        return StackDepth.bounded(done);
    }

    // In turns.

    private void sent(Sending next) {
        if (written == null && sends.isEmpty()) {
            attempt(next); // nearly always: a young object in an old queue costs the garbage collector
        } else {
            sends.add(next);
        }
        proceed();
    }

    private void attempt(Sending next) {
        try {
            take(next);
        } catch (ClientException e) {
            lost(e);
            next.done().completeExceptionally(e);
        } catch (IOException | RuntimeException | Error e) { // or its stage would never complete
            next.done().completeExceptionally(e);
        }
    }

    /** Takes what the application has sent, as long as there is room. */
    final void proceed() {
        while (written == null && !sends.isEmpty()) {
            attempt(sends.remove());
        }
        if (isReturned && written == null) {
            returnedAfterAll();
        }
    }

    private void returned(@Nullable Throwable given) {
        isReturned = true;
        if (given == null) {
            proceed(); // what it has sent without waiting comes first
        } else {
            failed(unwrapped(given));
        }
    }

    /** Answers the calls of receive, as far as it can. */
    abstract void feed();

    /** The application has asked for an event, and may wait for it. */
    void eventAwaited() {}

    /** Takes an event, or throws what its stage fails with. If there is no room behind it, it becomes {@link #written}. */
    abstract void take(Sending next) throws IOException;

    /** A send has found that the client has left. */
    abstract void lost(ClientException how);

    /** The application has returned, and all that it had sent before has been taken. May come more than once. */
    abstract void returnedAfterAll();

    /** The application has failed. */
    abstract void failed(Throwable problem);
}
