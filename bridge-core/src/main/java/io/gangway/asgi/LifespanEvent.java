package io.gangway.asgi;

/** The events of an application's lifespan (ASGI's lifespan specification). */
public sealed interface LifespanEvent extends AsgiEvent {
    /** The application is to make itself ready; no request comes before it says that it is (A40). */
    record Startup() implements LifespanEvent, Received {
        @Override
        public String type() {
            return "lifespan.startup";
        }
    }

    /** The last request has ended, and the application is to release what it holds (A42). */
    record Shutdown() implements LifespanEvent, Received {
        @Override
        public String type() {
            return "lifespan.shutdown";
        }
    }

    /** The application is ready. */
    record StartupComplete() implements LifespanEvent, Sent {
        @Override
        public String type() {
            return "lifespan.startup.complete";
        }
    }

    /**
     * The application cannot start, and the deployment fails (A41).
     *
     * @param message for the log; possibly empty
     */
    record StartupFailed(String message) implements LifespanEvent, Sent {
        private static final String TYPE = "lifespan.startup.failed";

        /** Checks that nothing is null. */
        public StartupFailed {
            EventRules.present(message, TYPE, "message");
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /** The application holds nothing any more. */
    record ShutdownComplete() implements LifespanEvent, Sent {
        @Override
        public String type() {
            return "lifespan.shutdown.complete";
        }
    }

    /**
     * The application could not release everything.
     *
     * @param message for the log; possibly empty
     */
    record ShutdownFailed(String message) implements LifespanEvent, Sent {
        private static final String TYPE = "lifespan.shutdown.failed";

        /** Checks that nothing is null. */
        public ShutdownFailed {
            EventRules.present(message, TYPE, "message");
        }

        @Override
        public String type() {
            return TYPE;
        }
    }
}
