package io.gangway.it;

import io.gangway.asgi.AsgiApplication;
import io.gangway.it.asgi.FailingStartup;
import io.gangway.it.asgi.RulesApplication;
import io.gangway.it.contract.Trait;
import java.util.EnumMap;
import java.util.Map;

/** The servers on which the rules of ASGI are shown, with what each of them lacks. */
enum AsgiBackend {
    JETTY("Java, Jetty"),
    TOMCAT_10("Java, Tomcat 10.1"),
    TOMCAT_11("Java, Tomcat 11"),
    WAR_JETTY_EE10("Java, WAR in Jetty ee10"),
    WAR_JETTY_EE11("Java, WAR in Jetty ee11"),
    WAR_TOMCAT_10("Java, WAR in Tomcat 10.1"),
    WAR_TOMCAT_11("Java, WAR in Tomcat 11"),
    PYTHON_JETTY("Python, Jetty"),
    PYTHON_TOMCAT_10("Python, Tomcat 10.1"),
    PYTHON_TOMCAT_11("Python, Tomcat 11");

    /** The largest message that they take. */
    static final int MAX_MESSAGE = 256 << 10;

    private final String title;

    AsgiBackend(String title) {
        this.title = title;
    }

    /** A server with the application of the cases. */
    ProcessBackend serving() {
        return serving(RulesApplication.class, "asgi_contract");
    }

    /** One whose application fails in its startup. */
    ProcessBackend failing() {
        return serving(FailingStartup.class, "failing_startup");
    }

    private ProcessBackend serving(Class<? extends AsgiApplication> java, String python) {
        return switch (this) {
            case JETTY -> embedded(EmbeddedBackend.jetty(title).serving(java));
            case TOMCAT_10 -> embedded(EmbeddedBackend.tomcat(title, "tomcat10").serving(java));
            case TOMCAT_11 -> embedded(EmbeddedBackend.tomcat(title, "tomcat11").serving(java));
            case WAR_JETTY_EE10 -> new WarBackend(title, Backends.JETTY_EE10, 0).serving(java);
            case WAR_JETTY_EE11 -> new WarBackend(title, Backends.JETTY_EE11, 0).serving(java);
            case WAR_TOMCAT_10 -> new WarBackend(title, Backends.TOMCAT_10, 1).serving(java);
            case WAR_TOMCAT_11 -> new WarBackend(title, Backends.TOMCAT_11, 1).serving(java);
            case PYTHON_JETTY -> embedded(EmbeddedBackend.jetty(title).servingPython(python));
            case PYTHON_TOMCAT_10 ->
                embedded(EmbeddedBackend.tomcat(title, "tomcat10").servingPython(python));
            case PYTHON_TOMCAT_11 ->
                embedded(EmbeddedBackend.tomcat(title, "tomcat11").servingPython(python));
        };
    }

    private static ProcessBackend embedded(EmbeddedBackend backend) {
        return backend.with("ws-max-message", Integer.toString(MAX_MESSAGE));
    }

    private boolean isIn(String container) {
        return title.contains(container);
    }

    boolean isPython() {
        return isIn("Python");
    }

    /** The traits that it lacks, and why. */
    Map<Trait, String> lacks() {
        Map<Trait, String> lacks = new EnumMap<>(Trait.class);
        if (isIn("WAR")) {
            lacks.put(Trait.TLS, "the distribution runs without a key store; the embedded server is asked over TLS");
        }
        if (isIn("WAR")) {
            lacks.put(Trait.HTTP_2, "the distribution speaks HTTP/1.1; the embedded server is asked over HTTP/2");
        }
        if (isIn("WAR in Jetty")) {
            lacks.put(Trait.CLOSE_AT_STOP, "Jetty closes its connections before it stops web applications");
        }
        if (isIn("Tomcat")) {
            lacks.put(Trait.LATE_CONTINUE, "Tomcat answers at once, unless continueResponseTiming is onRead");
        }
        if (isPython() && isIn("Tomcat")) {
            lacks.put(
                    Trait.SENDS_WHILE_READING,
                    "on Tomcat, a request with a body in chunks keeps a thread, which cannot send while it reads");
        }
        if (isPython()) {
            lacks.put(Trait.PATHSEND, "offered to applications in Java alone");
        }
        return lacks;
    }

    /** For the table of rules. */
    @Override
    public String toString() {
        return title;
    }
}
