package io.gangway.lint;

import io.gangway.exchange.ExchangeWatch;
import io.gangway.exchange.RequestFacts;
import io.gangway.exchange.ResponseHead;
import io.gangway.exchange.Step;
import io.gangway.lint.Lint.Finding;
import io.gangway.lint.Lint.Mode;
import io.gangway.server.FactsEnviron;
import io.gangway.wsgi.Environ;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The checks of {@link Lint} that need no call: the texts of the environ, the head, the number of bytes, the end. */
final class LintStep implements Step {
    private final Mode mode;
    private final Consumer<? super Finding> log;
    private final Set<String> repaired = ConcurrentHashMap.newKeySet();

    LintStep(Mode mode, Consumer<? super Finding> log) {
        this.mode = mode;
        this.log = log;
    }

    /** What is wrong with the facts is the server's fault, and then the application is not called. */
    @Override
    public RequestFacts before(RequestFacts facts) {
        if (mode != Mode.OFF) {
            Environ environ = new Environ(FactsEnviron.texts(facts));
            new EnvironCheck(environ, findings(facts)).runTexts();
        }
        return facts;
    }

    @Override
    public Optional<ExchangeWatch> watch(RequestFacts facts) {
        return mode == Mode.OFF
                ? Optional.empty()
                : Optional.of(new Watch(findings(facts), facts.method().equals("HEAD")));
    }

    private Findings findings(RequestFacts facts) {
        return new Findings(
                mode, log, repaired, Findings.name(facts.method(), facts.mount() + facts.path(), facts.requestId()));
    }

    private static final class Watch implements ExchangeWatch {
        private final Findings findings;
        private final LintedResponse state;
        private boolean isFile;

        Watch(Findings findings, boolean isHead) {
            this.findings = findings;
            this.state = new LintedResponse(findings, isHead);
        }

        @Override
        public void head(ResponseHead head) {
            state.startCalled();
            head.repaired().forEach(findings::repaired);
            state.accept(head);
        }

        @Override
        public void data(int length) {
            state.bytes(length);
        }

        @Override
        public void file(long remaining) {
            isFile = true;
            state.file(remaining);
        }

        @Override
        public void end() {
            if (!isFile) { // its bytes are not counted here
                state.end();
            }
        }
    }
}
