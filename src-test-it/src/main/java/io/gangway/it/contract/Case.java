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

    /** What a client does, and expects. */
    @FunctionalInterface
    public interface Conversation {
        /** Holds the conversation; throws {@link AssertionError} where the backend keeps not to the contract. */
        void hold(Talk talk) throws Exception;
    }

    /** What carries HTTP. */
    public enum Transport {
        /** TCP. */
        PLAIN,
        /** TLS, with a client that is nobody. */
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

    /** What answers; without this the environ is dumped. */
    public Case application(Application answering) {
        application = answering;
        return this;
    }

    /** The request, where it is well-formed and the only one. */
    public Case request(Request sent) {
        request = sent;
        return this;
    }

    /** What the answer to the request must be. */
    public Case expect(Consumer<Answer> expectation) {
        return talk(talk -> expectation.accept(talk.ask(request)));
    }

    /** All that the client does, where it is more than one request. */
    public Case talk(Conversation held) {
        conversation = held;
        return this;
    }

    /** What the journal must say, after the last call was closed. */
    public Case journal(Consumer<Journal> expectation) {
        journal = expectation;
        return this;
    }

    /** The same, after an event that may come when the client has its answer already. */
    public Case journal(String lastEvent, Consumer<Journal> expectation) {
        last = lastEvent;
        return journal(expectation);
    }

    /** How often the application must have been called; once if this is not said. */
    public Case calls(int expected) {
        return calls(expected, expected);
    }

    /** The same for requests that a server may refuse as well as pass on. */
    public Case calls(int least, int most) {
        leastCalls = least;
        mostCalls = most;
        return this;
    }

    /** How many log entries with the request's id there must be; none if this is not said. */
    public Case logged(int expected) {
        logEntries = expected;
        return this;
    }

    /** The name of the servlet's mapping that is asked instead of the ordinary one. */
    public Case mount(String name) {
        mount = name;
        needs.add(Trait.MOUNTS);
        return this;
    }

    /** The name of another deployment, which is asked instead of the ordinary one. */
    public Case deployed(String name) {
        mount = name;
        needs.add(Trait.DEPLOYMENTS);
        return this;
    }

    /** What carries the request; plain TCP if this is not said. */
    public Case over(Transport carrying) {
        transport = carrying;
        needs.add(Trait.TLS);
        return mount("star");
    }

    /** What a backend must have to show this. */
    public Case needs(Trait... traits) {
        needs.addAll(List.of(traits));
        return this;
    }

    /** How it fails cleanly on a backend that lacks something. */
    public Case without(Trait lacking, Conversation clean) {
        needs.add(lacking);
        without.put(lacking, clean);
        return this;
    }

    /** Leaves the linter away, for this reason. */
    public Case unlinted(String because) {
        unlintedBecause = because;
        return this;
    }

    /** The sentence. */
    public String name() {
        return name;
    }

    /** The rules. */
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

    /** Why it does not; empty if it does. */
    public Optional<String> unlintedBecause() {
        return Optional.ofNullable(unlintedBecause);
    }

    /** What is needed. */
    public Set<Trait> needs() {
        return needs;
    }

    /** The mapping's name, or empty. */
    public String mount() {
        return mount;
    }

    /** What carries the request. */
    public Transport transport() {
        return transport;
    }

    /** How many log entries are expected. */
    public int logEntries() {
        return logEntries;
    }

    /** Holds the conversation and reads the journal. */
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
     * What a backend that lacks something must do instead; empty if nothing can be shown.
     *
     * @param lacking what it lacks
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
