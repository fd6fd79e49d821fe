package io.gangway.python;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Lets each test's {@code await()} take as long as processes need on a busy machine; JUnit finds it by META-INF/services. */
public final class BusyMachine implements BeforeAllCallback {
    /** Awaitility's default of ten seconds is for a quiet machine. */
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultTimeout(TIMEOUT);
    }
}
