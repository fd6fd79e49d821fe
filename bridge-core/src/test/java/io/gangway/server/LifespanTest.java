package io.gangway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.asgi.AsgiApplication;
import io.gangway.asgi.AsgiEvent;
import io.gangway.asgi.LifespanEvent;
import io.gangway.asgi.LifespanMode;
import io.gangway.asgi.LifespanScope;
import io.gangway.asgi.Receive;
import io.gangway.asgi.Scope;
import io.gangway.asgi.Send;
import io.gangway.server.Lifespan.LifespanException;
import io.gangway.testlog.CapturedLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The lifespan of an ASGI function: A40-A42. */
class LifespanTest {
    private static final Duration TIME = Duration.ofSeconds(10);

    private final List<String> seen = new ArrayList<>();

    private CompletionStage<Void> whole(Scope scope, Receive receive, Send send) {
        LifespanScope lifespan = (LifespanScope) scope;
        return receive.receive()
                .thenCompose(event -> {
                    seen.add(event.type());
                    lifespan.state().put("pool", "p");
                    return send.send(new LifespanEvent.StartupComplete());
                })
                .thenCompose(started -> receive.receive())
                .thenCompose(event -> {
                    seen.add(event.type());
                    return send.send(new LifespanEvent.ShutdownComplete());
                });
    }

    private static AsgiApplication answering(AsgiEvent.Sent... answers) {
        return (scope, receive, send) -> {
            CompletionStage<Void> done = CompletableFuture.completedFuture(null);
            for (AsgiEvent.Sent answer : answers) {
                done = done.thenCompose(before -> receive.receive()).thenCompose(event -> send.send(answer));
            }
            return done;
        };
    }

    @Test
    @Tag("A40")
    @Tag("A42")
    void startup_comes_first_and_shutdown_at_the_stop() throws Exception {
        Lifespan lifespan = Lifespan.start(this::whole, LifespanMode.ON, TIME);
        assertThat(seen).containsExactly("lifespan.startup");
        assertThat(lifespan.state()).containsEntry("pool", "p");
        lifespan.stop(TIME);
        assertThat(seen).containsExactly("lifespan.startup", "lifespan.shutdown");
    }

    @Test
    @Tag("A41")
    void a_failed_startup_is_the_deployments_failure_in_every_mode() {
        AsgiApplication failing = answering(new LifespanEvent.StartupFailed("no database"));
        for (LifespanMode mode : List.of(LifespanMode.AUTO, LifespanMode.ON)) {
            assertThatThrownBy(() -> Lifespan.start(failing, mode, TIME))
                    .isInstanceOf(LifespanException.class)
                    .hasMessage("its startup failed: no database");
        }
    }

    @Test
    @Tag("A41")
    void an_application_that_fails_before_its_answer_has_no_lifespan() throws Exception {
        AsgiApplication http = (scope, receive, send) -> {
            throw new ClassCastException("not a lifespan");
        };
        try (CapturedLog log = new CapturedLog("io.gangway.server")) {
            Lifespan.start(http, LifespanMode.AUTO, TIME).stop(TIME);
            assertThat(log.entries())
                    .contains("INFO the application is served without a lifespan: it ended without an answer to"
                            + " lifespan.startup: \"java.lang.ClassCastException: not a lifespan\" (an error if"
                            + " gangway.lifespan=on)");
        }
        assertThatThrownBy(() -> Lifespan.start(http, LifespanMode.ON, TIME))
                .hasMessage(
                        "it failed before it answered lifespan.startup: java.lang.ClassCastException: not a lifespan");
    }

    @Test
    @Tag("A41")
    void without_a_lifespan_the_application_is_not_called() throws Exception {
        Lifespan lifespan = Lifespan.start(this::whole, LifespanMode.OFF, TIME);
        lifespan.stop(TIME);
        assertThat(seen).isEmpty();
    }

    @Test
    @Tag("A42")
    void a_failed_shutdown_is_told() throws Exception {
        Lifespan lifespan = Lifespan.start(
                answering(new LifespanEvent.StartupComplete(), new LifespanEvent.ShutdownFailed("still busy")),
                LifespanMode.ON,
                TIME);
        assertThatThrownBy(() -> lifespan.stop(TIME)).hasMessage("its shutdown failed: still busy");
    }

    @Test
    @Tag("A42")
    void a_shutdown_that_never_ends_is_given_up() throws Exception {
        Lifespan lifespan = Lifespan.start(
                (scope, receive, send) -> receive.receive()
                        .thenCompose(event -> send.send(new LifespanEvent.StartupComplete()))
                        .thenCompose(started -> new CompletableFuture<>()),
                LifespanMode.ON,
                TIME);
        assertThatThrownBy(() -> lifespan.stop(Duration.ofMillis(1)))
                .hasMessage("it did not answer lifespan.shutdown within 1 ms");
    }

    @Test
    @Tag("A41")
    void a_startup_that_never_ends_is_given_up() {
        assertThatThrownBy(() -> Lifespan.start(
                        (scope, receive, send) -> new CompletableFuture<>(), LifespanMode.AUTO, Duration.ofMillis(1)))
                .isInstanceOf(Lifespan.LateException.class)
                .hasMessage("it did not answer lifespan.startup within 1 ms");
    }

    @Test
    void an_application_that_has_returned_after_its_startup_needs_no_shutdown() throws Exception {
        Lifespan.start(answering(new LifespanEvent.StartupComplete()), LifespanMode.ON, TIME)
                .stop(TIME);
    }

    @Test
    void an_answer_out_of_place_names_what_is_expected() throws Exception {
        CompletableFuture<Void> twice = new CompletableFuture<>();
        Lifespan.start(
                (scope, receive, send) -> receive.receive()
                        .thenCompose(event -> send.send(new LifespanEvent.StartupComplete()))
                        .thenCompose(started -> send.send(new LifespanEvent.StartupComplete())
                                .whenComplete((sent, problem) -> twice.completeExceptionally(problem))),
                LifespanMode.ON,
                TIME);
        assertThatThrownBy(twice::join)
                .hasRootCauseMessage("A40, send: expected no event before lifespan.shutdown was received; found"
                        + " lifespan.startup.complete. Fix: answer each event of the lifespan once");
    }
}
