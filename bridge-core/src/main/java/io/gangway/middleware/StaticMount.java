package io.gangway.middleware;

import io.gangway.exchange.ExchangeApplication;
import io.gangway.exchange.RequestFacts;
import io.gangway.exchange.Step;
import java.util.Optional;

/** Static files below a path, as a step of a server. What is not there is a 404, so that no such request needs the application. */
final class StaticMount implements Step {
    private final StaticFiles files;
    private final String prefix;

    StaticMount(StaticFiles files, String prefix) {
        if (!prefix.startsWith("/") || prefix.endsWith("/")) {
            throw new IllegalArgumentException(
                    "expected a path that starts with a slash and does not end with one; found " + prefix);
        }
        this.files = files;
        this.prefix = prefix;
    }

    @Override
    public Optional<ExchangeApplication> instead(RequestFacts facts) {
        String path = facts.path();
        if (!path.startsWith(prefix + "/")) {
            return Optional.empty();
        }
        RequestFacts below = facts.change()
                .path(facts.mount() + prefix, path.substring(prefix.length()))
                .build();
        return files.instead(below).or(() -> Optional.of(StaticAnswer.text("404 Not Found")));
    }
}
