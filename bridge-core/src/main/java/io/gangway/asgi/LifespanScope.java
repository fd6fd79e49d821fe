package io.gangway.asgi;

import static java.util.Objects.requireNonNull;

import java.util.Map;

/**
 * The lifespan of a deployment.
 *
 * @param state to be filled before the application says that its startup is complete
 */
public record LifespanScope(Map<String, Object> state) implements Scope {
    private static final String SPEC_VERSION = "2.0";

    /** Checks that it is there. */
    public LifespanScope {
        requireNonNull(state, "state");
    }

    @Override
    public String type() {
        return "lifespan";
    }

    @Override
    public String specVersion() {
        return SPEC_VERSION;
    }
}
