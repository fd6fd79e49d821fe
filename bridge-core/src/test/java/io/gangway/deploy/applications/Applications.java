package io.gangway.deploy.applications;

import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.StartResponse;
import java.util.List;

/** Classes for deployments to name: one that works, and one for each way in which loading can fail. */
public final class Applications {
    private Applications() {}

    /** Answers with an empty body. */
    public static class Working implements GatewayApplication {
        @Override
        public Iterable<byte[]> call(Environ environ, StartResponse startResponse) {
            startResponse.start("200 OK", List.of(new Header("Content-Type", "text/plain")));
            return List.of();
        }
    }

    /** Implements another interface. */
    public static class NotAnApplication implements Runnable {
        @Override
        public void run() {}
    }

    /** Implements the interface through its superclass. */
    public static class Inheriting extends Working {}

    /** Cannot be instantiated. */
    public abstract static class Unfinished implements GatewayApplication {}

    /** Has no constructor without parameters. */
    public static class Demanding extends Working {
        /**
         * Has a parameter.
         *
         * @param what anything
         */
        public Demanding(String what) {
            if (what.isEmpty()) {
                throw new IllegalArgumentException();
            }
        }
    }

    /** Has a constructor that is not public. */
    public static class Shy extends Working {
        Shy() {}
    }

    /** Is not public, though its constructor is. */
    static class Hidden extends Working {
        public Hidden() {}
    }

    /** An inner class, which needs an outer object. */
    @SuppressWarnings("ClassCanBeStatic") // what the test is about
    public class Inner extends Working {}

    /** Throws. */
    public static class Failing extends Working {
        /** Throws. */
        public Failing() {
            throw new IllegalStateException("no database\nat all");
        }
    }

    /** Throws in its static initializer. */
    public static class FailingEarly extends Working {
        static final int LIMIT = limit();

        private static int limit() {
            throw new IllegalStateException("no limit");
        }
    }

    /** Needs a class that does not exist. */
    public static class Incomplete extends Working {
        /** Throws the same error as the JVM. */
        public Incomplete() {
            throw new NoClassDefFoundError("com/acme/Database");
        }
    }
}
