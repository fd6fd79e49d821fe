package io.gangway.asgi;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** The loop of {@link Receive#forEach}: one event after the other, with the same memory for any number of them. */
final class EachEvent {
    private final Receive receive;
    private final Function<? super AsgiEvent.Received, ? extends CompletionStage<?>> handler;
    private final CompletableFuture<Void> all = new CompletableFuture<>();

    EachEvent(Receive receive, Function<? super AsgiEvent.Received, ? extends CompletionStage<?>> handler) {
        this.receive = receive;
        this.handler = handler;
    }

    CompletionStage<Void> start() {
        proceed();
        return all;
    }

    /** A loop for the events that are handled at once: their stages would call each other, deeper for each event. */
    @SuppressWarnings("FutureReturnValueIgnored") // isGoingOn takes the failure
    private void proceed() {
        boolean isGoingOn = true;
        while (isGoingOn) {
            CompletableFuture<Boolean> last = handleNext();
            if (last.isDone()) {
                isGoingOn = isGoingOn(last);
            } else {
                last.whenComplete((is, problem) -> {
                    if (isGoingOn(last)) {
                        proceed();
                    }
                });
                isGoingOn = false;
            }
        }
    }

    private CompletableFuture<Boolean> handleNext() {
        return receive.receive()
                .<Boolean>thenCompose(event -> handler.apply(event).thenApply(handled -> isLast(event)))
                .toCompletableFuture();
    }

    private boolean isGoingOn(CompletableFuture<Boolean> last) {
        try {
            if (!last.join()) {
                return true;
            }
            all.complete(null);
        } catch (CompletionException e) {
            all.completeExceptionally(e.getCause() == null ? e : e.getCause());
        } catch (CancellationException e) {
            all.completeExceptionally(e);
        }
        return false;
    }

    private static boolean isLast(AsgiEvent.Received event) {
        return (event instanceof HttpEvent.Request request && !request.moreBody())
                || event instanceof HttpEvent.Disconnect
                || event instanceof WebSocketEvent.Disconnect
                || event instanceof LifespanEvent.Shutdown;
    }
}
