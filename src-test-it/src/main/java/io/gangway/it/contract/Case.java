package io.gangway.it.contract;

import io.gangway.it.client.Answer;
import io.gangway.lint.Lint;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.StartResponse;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One clause of the contract: a request, the application that gets it, and what the client must get.
 *
 * <p>Built once, then only read.
 */
public final class Case {
    /** A gateway application that can also write into the journal of its run. */
    @FunctionalInterface
    public interface Application {
        /** Answers one request; as {@link io.gangway.wsgi.GatewayApplication#call}. */
        Iterable<byte[]> call(Environ environ, StartResponse startResponse, Run run) throws Exception;
    }

    /** The requests of a client, and its expectations. */
    @FunctionalInterface
    public interface Conversation {
        /** Sends the requests, and checks the answers; throws {@link AssertionError} if the backend breaks the contract. */
        void hold(Talk talk) throws Exception;
    }

    /** The transport of HTTP. */
    public enum Transport {
        /** TCP. */
        PLAIN,
        /** TLS, with a client that has no certificate. */
        TLS,
        /** TLS, with a client that shows a certificate: {@link EnvironCases#CLIENT}. */
        TLS_WITH_CERTIFICATE
    }

    private final String name;
    private final Set<String> rules;
    private final Set<Trait> needs = EnumSet.noneOf(Trait.class);
    private final Map<Trait, Conversation> without = new EnumMap<>(Trait.class);
    private Application application = (environ, start, run) -> Apps.dump(environ, start);
    private Request request = Request.get("/");
    private @Nullable Conversation conversation;
    private Consumer<Journal> journal = seen -> {};
    private String last = "done";
    private int leastCalls = 1;
    private int mostCalls = 1;
    private int logEntries;
    private String mount = "";
    private Transport transport = Transport.PLAIN;
    private @Nullable String unlintedBecause;

    private Case(String name, Set<String> rules) {
        this.name = name;
        this.rules = rules;
    }

    /** A case with a snake_case sentence as its name, and the rules that it shows. */
    public static Case of(String name, String... rules) {
        return new Case(name, Set.of(rules));
    }

    /** The application; by default it answers with the environ. */
    public Case application(Application answering) {
        application = answering;
        return this;
    }

    /** The request, if it is well-formed and the only one. */
    public Case request(Request sent) {
        request = sent;
        return this;
    }

    /** The expected answer to the request. */
    public Case expect(Consumer<Answer> expectation) {
        return talk(talk -> expectation.accept(talk.ask(request)));
    }

    /** The client's steps, if there is more than one request. */
    public Case talk(Conversation held) {
        conversation = held;
        return this;
    }

    /** The expected journal, after the last call was closed. */
    public Case journal(Consumer<Journal> expectation) {
        journal = expectation;
        return this;
    }

    /** The expected journal after an event, which may come after the client has its answer. */
    public Case journal(String lastEvent, Consumer<Journal> expectation) {
        last = lastEvent;
        return journal(expectation);
    }

    /** The expected number of calls of the application; once by default. */
    public Case calls(int expected) {
        return calls(expected, expected);
    }

    /** The max number of calls, for requests that a server may either refuse or pass on. */
    public Case calls(int least, int most) {
        leastCalls = least;
        mostCalls = most;
        return this;
    }

    /** The expected number of log entries with the request's id; none by default. */
    public Case logged(int expected) {
        logEntries = expected;
        return this;
    }

    /** The name of the servlet's mapping to send the request to, instead of the default one. */
    public Case mount(String name) {
        mount = name;
        needs.add(Trait.MOUNTS);
        return this;
    }

    /** The name of the deployment to send the request to, instead of the default one. */
    public Case deployed(String name) {
        mount = name;
        needs.add(Trait.DEPLOYMENTS);
        return this;
    }

    /** The transport of the request; plain TCP by default. */
    public Case over(Transport carrying) {
        transport = carrying;
        needs.add(Trait.TLS);
        return mount("star");
    }

    /** The traits that a backend needs for this case. */
    public Case needs(Trait... traits) {
        needs.addAll(List.of(traits));
        return this;
    }

    /** The clean failure on a backend that lacks a trait. */
    public Case without(Trait lacking, Conversation clean) {
        needs.add(lacking);
        without.put(lacking, clean);
        return this;
    }

    /** Runs the application without the linter, for this reason. */
    public Case unlinted(String because) {
        unlintedBecause = because;
        return this;
    }

    /** The case's name, a sentence. */
    public String name() {
        return name;
    }

    /** The ids of the rules. */
    public Set<String> rules() {
        return rules;
    }

    GatewayApplication bound(Run run) {
        GatewayApplication plain = (environ, start) -> application.call(environ, start, run);
        return isLinted() ? new Lint(Lint.Mode.STRICT).wrap(plain) : plain;
    }

    /** Whether the linter stands around the application. */
    boolean isLinted() {
        return unlintedBecause == null;
    }

    /** Why the linter does not; empty if it does. */
    public Optional<String> unlintedBecause() {
        return Optional.ofNullable(unlintedBecause);
    }

    /** The traits that the case needs. */
    public Set<Trait> needs() {
        return needs;
    }

    /** The mapping's name, or empty. */
    public String mount() {
        return mount;
    }

    /** The transport of the request. */
    public Transport transport() {
        return transport;
    }

    /** The expected number of log entries. */
    public int logEntries() {
        return logEntries;
    }

    /** Sends the requests, checks the answers, and checks the journal. */
    public void run(Talk talk) throws Exception {
        if (conversation == null) {
            throw new IllegalStateException(name + " expects nothing");
        }
        conversation.hold(talk);
        Journal seen = talk.journal("done", leastCalls);
        int called = seen.count("called");
        seen.check(called >= leastCalls && called <= mostCalls, leastCalls + " to " + mostCalls + " calls");
        talk.journal("done", called).times("done", called);
        int bodies = seen.count("body");
        seen = talk.journal("close", bodies).times("close", bodies);
        if (bodies > 0) {
            seen.says("close", "same thread");
        }
        journal.accept(last.equals("done") ? seen : talk.journal(last, 1));
    }

    /**
     * The client's steps on a backend that lacks a trait; empty if nothing can be shown there.
     *
     * @param lacking the traits that the backend lacks
     */
    public @Nullable Conversation without(Trait lacking) {
        Conversation own = without.get(lacking);
        if (own != null) {
            return own;
        }
        return switch (lacking) {
            case ESCAPED_SLASH, ESCAPED_BACKSLASH, ESCAPED_PERCENT, ESCAPED_NON_UTF8, ESCAPED_DOTS, DOUBLE_SLASH ->
                this::refused;
            default -> null;
        };
    }

    private void refused(Talk talk) throws Exception {
        talk.ask(request).status(400);
        talk.journal().times("called", 0);
    }
}
