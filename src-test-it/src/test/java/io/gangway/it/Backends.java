package io.gangway.it;

import static io.gangway.it.contract.Trait.ANSWER_TO_SHORT_BODY;
import static io.gangway.it.contract.Trait.CALL_BEFORE_BODY;
import static io.gangway.it.contract.Trait.COLLECTED_BODY;
import static io.gangway.it.contract.Trait.CONTENT_TYPE_AS_GIVEN;
import static io.gangway.it.contract.Trait.DISTRIBUTABLE;
import static io.gangway.it.contract.Trait.DOUBLE_SLASH;
import static io.gangway.it.contract.Trait.EMPTY_PORT;
import static io.gangway.it.contract.Trait.ESCAPED_BACKSLASH;
import static io.gangway.it.contract.Trait.ESCAPED_DOTS;
import static io.gangway.it.contract.Trait.ESCAPED_NON_UTF8;
import static io.gangway.it.contract.Trait.ESCAPED_PERCENT;
import static io.gangway.it.contract.Trait.ESCAPED_SLASH;
import static io.gangway.it.contract.Trait.LATE_CONTINUE;
import static io.gangway.it.contract.Trait.LENGTH_ON_304;
import static io.gangway.it.contract.Trait.MOUNTS;
import static io.gangway.it.contract.Trait.OTHER_AUTHORITY;
import static io.gangway.it.contract.Trait.OWN_ANSWER_TO_BROKEN_BODY;
import static io.gangway.it.contract.Trait.PYTHON;
import static io.gangway.it.contract.Trait.REASON_PHRASE;
import static io.gangway.it.contract.Trait.SCHEME_OF_CONNECTION;
import static io.gangway.it.contract.Trait.SERVLET;
import static io.gangway.it.contract.Trait.SINGLE_PROCESS;
import static io.gangway.it.contract.Trait.STREAMED_BODY;
import static io.gangway.it.contract.Trait.SURE_ANSWER_TO_SHORT_BODY;
import static io.gangway.it.contract.Trait.TLS;
import static io.gangway.it.contract.Trait.TLS_PROTOCOL;

import java.util.List;
import java.util.Map;

/** Every backend, with its declarations. */
final class Backends {
    /** W73 is shown where Python applications run. */
    static final String NO_PYTHON = "its applications are Java; there is nothing for wsgiref.validate to validate";

    private static final String SCHEME_OF_TARGET =
            "Jetty takes the scheme from the target, and tells servlets that such a request is secure";

    static final Backend MEMORY = new MemoryBackend(Map.of(
            "W21",
                    "a test says itself which headers its request has, and nothing in front reads another one than the application",
            "W42", "there are no chunks without a connection",
            "W43", "no client can break off a body that is an array of bytes",
            "W44", "no client waits for 100 Continue: the body is there with the request",
            "W45", "there is no next request on a connection that is none",
            "W46", "there is no filter of a servlet container that could take the body",
            "W61", "the client gets the response whole, when it has ended; when a block was sent cannot be seen",
            "W73", NO_PYTHON));
    static final Backend EMBEDDED_JETTY = java(embeddedJetty(EmbeddedBackend.jetty("embedded Jetty")));
    static final Backend EMBEDDED_TOMCAT_10 =
            java(defaultTomcat(EmbeddedBackend.tomcat("embedded Tomcat 10.1", "tomcat10")));
    static final Backend EMBEDDED_TOMCAT_11 =
            java(defaultTomcat(EmbeddedBackend.tomcat("embedded Tomcat 11", "tomcat11")));
    static final Backend ASGI_JETTY =
            asgi(embeddedJetty(EmbeddedBackend.jetty("ASGI on embedded Jetty").onAsgi()));
    static final Backend ASGI_TOMCAT_10 = asgiInTomcat(defaultTomcat(
            EmbeddedBackend.tomcat("ASGI on embedded Tomcat 10.1", "tomcat10").onAsgi()));
    static final Backend ASGI_TOMCAT_11 = asgiInTomcat(defaultTomcat(
            EmbeddedBackend.tomcat("ASGI on embedded Tomcat 11", "tomcat11").onAsgi()));
    static final Backend CPYTHON_JETTY = collecting(
            embeddedJetty(EmbeddedBackend.jetty("CPython behind embedded Jetty").onCPython(false)));
    static final Backend CPYTHON_JETTY_STREAMING =
            streaming(embeddedJetty(EmbeddedBackend.jetty("CPython behind embedded Jetty, request-buffering=off")
                    .onCPython(false)
                    .with("request-buffering", "off")));
    static final Backend CPYTHON_JETTY_LINTED = collecting(embeddedJetty(
            EmbeddedBackend.jetty("CPython behind embedded Jetty, linted").onCPython(true)));
    static final Backend CPYTHON_TOMCAT_11 =
            suspendedInTomcat(defaultTomcat(EmbeddedBackend.tomcat("CPython behind embedded Tomcat 11", "tomcat11")
                    .onCPython(false)));

    static final Distribution TOMCAT_10 = Distribution.tomcat(System.getProperty("test.it.tomcat10", ""));
    static final Distribution TOMCAT_11 = Distribution.tomcat(System.getProperty("test.it.tomcat11", ""));
    static final Distribution JETTY_EE10 = Distribution.jetty(System.getProperty("test.it.jetty-home", ""), "ee10");
    static final Distribution JETTY_EE11 = Distribution.jetty(System.getProperty("test.it.jetty-home", ""), "ee11");

    static final Backend WAR_TOMCAT_10 = defaultTomcat(war("WAR in Tomcat 10.1", TOMCAT_10, 1));
    static final Backend WAR_TOMCAT_11 = defaultTomcat(war("WAR in Tomcat 11", TOMCAT_11, 1));
    static final Backend WAR_TOMCAT_11_DOCUMENTED = tomcat(war("WAR in Tomcat 11, documented settings", TOMCAT_11, 0));
    static final Backend WAR_JETTY_EE10 = defaultJetty(war("WAR in Jetty ee10", JETTY_EE10, 0));
    static final Backend WAR_JETTY_EE11 = defaultJetty(war("WAR in Jetty ee11", JETTY_EE11, 0));

    /** Backends that need JDK 21 or later, and so are not part of every run. */
    static final Backend WAR_TOMCAT_11_VIRTUAL =
            defaultTomcat(war("WAR in Tomcat 11, virtual threads", TOMCAT_11.onVirtualThreads(), 1));

    static final Backend WAR_JETTY_EE11_VIRTUAL =
            defaultJetty(war("WAR in Jetty ee11, virtual threads", JETTY_EE11.onVirtualThreads(), 0));

    static final List<Backend> ALL = List.of(
            MEMORY,
            EMBEDDED_JETTY,
            EMBEDDED_TOMCAT_10,
            EMBEDDED_TOMCAT_11,
            ASGI_JETTY,
            ASGI_TOMCAT_10,
            ASGI_TOMCAT_11,
            CPYTHON_JETTY,
            CPYTHON_JETTY_STREAMING,
            CPYTHON_JETTY_LINTED,
            CPYTHON_TOMCAT_11,
            WAR_TOMCAT_10,
            WAR_TOMCAT_11,
            WAR_TOMCAT_11_DOCUMENTED,
            WAR_JETTY_EE10,
            WAR_JETTY_EE11);

    private Backends() {}

    private static ProcessBackend java(ProcessBackend backend) {
        return backend.declares("W73", NO_PYTHON)
                .lacks(PYTHON, NO_PYTHON)
                .lacks(COLLECTED_BODY, "a Java function reads every body while it arrives");
    }

    private static ProcessBackend asgi(ProcessBackend backend) {
        return java(backend)
                .lacks(SERVLET, "a scope has no place for the servlet objects")
                .lacks(DISTRIBUTABLE, "a scope does not tell whether other processes serve the application")
                .lacks(OWN_ANSWER_TO_BROKEN_BODY, "in ASGI, a client that breaks its body off has left")
                .lacks(REASON_PHRASE, "ASGI has no reason phrases");
    }

    private static ProcessBackend asgiInTomcat(ProcessBackend tomcat) {
        return asgi(tomcat)
                .lacks(
                        SURE_ANSWER_TO_SHORT_BODY,
                        "Tomcat closes the connection of a suspended request whose client has closed its side in the middle of a body; the application may have answered before that");
    }

    private static ProcessBackend collecting(ProcessBackend backend) {
        return python(backend)
                .lacks(
                        STREAMED_BODY,
                        "a body is collected before a worker is taken, so that slow clients hold none; gangway.request-buffering=off"
                                + " streams it");
    }

    private static ProcessBackend suspendedInTomcat(ProcessBackend tomcat) {
        return collecting(tomcat)
                .lacks(
                        ANSWER_TO_SHORT_BODY,
                        "Tomcat closes the connection of a suspended request whose client has closed its side in the middle of a body");
    }

    private static ProcessBackend streaming(ProcessBackend backend) {
        return python(backend).lacks(COLLECTED_BODY, "gangway.request-buffering=off streams a body");
    }

    private static ProcessBackend python(ProcessBackend backend) {
        return backend.lacks(SERVLET, "the servlet objects are the JVM's and stay there: no frame can carry one")
                .lacks(
                        SINGLE_PROCESS,
                        "even of one worker there are two, while the second replaces the first: multiprocess is true")
                .lacks(
                        CALL_BEFORE_BODY,
                        "a body of up to 64 KiB is read before a worker is taken, so that slow clients keep none; if it"
                                + " breaks off, the answer is 400 and no application is called");
    }

    private static ProcessBackend embeddedJetty(ProcessBackend jetty) {
        return jetty.lacks(REASON_PHRASE, "Servlet 6 has no way to set it; Jetty sends the standard one")
                .lacks(
                        TLS_PROTOCOL,
                        "Servlet 6.0 names no attribute for it, and Jetty has but an object of its own type");
    }

    private static ProcessBackend war(String name, Distribution distribution, int connector) {
        return war(new WarBackend(name, distribution, connector));
    }

    private static ProcessBackend war(WarBackend backend) {
        return java(backend)
                .declares(
                        "W46",
                        "needs a filter before the servlet, which the example WAR has not; the embedded servers do")
                .lacks(
                        MOUNTS,
                        "about this test, not the container: the WAR maps its servlet once, and the same container's"
                                + " embedded server is asked through every mapping")
                .lacks(
                        TLS,
                        "about this test, not the container: its distribution runs without a key store, and the same"
                                + " container's embedded server is asked over TLS");
    }

    private static ProcessBackend tomcat(ProcessBackend tomcat) {
        return tomcat.lacks(REASON_PHRASE, "Tomcat sends no reason phrases")
                .lacks(OTHER_AUTHORITY, "refused unless the connector has allowHostHeaderMismatch")
                .lacks(CONTENT_TYPE_AS_GIVEN, "Tomcat drops the blanks and writes the charset last")
                .lacks(ESCAPED_NON_UTF8, "Tomcat decodes paths as UTF-8 and refuses what is not")
                .lacks(LENGTH_ON_304, "Tomcat removes it")
                .lacks(OWN_ANSWER_TO_BROKEN_BODY, "Tomcat answers 400 by itself as soon as a read meets the fault");
    }

    private static ProcessBackend defaultTomcat(ProcessBackend tomcat) {
        return tomcat(tomcat)
                .lacks(ESCAPED_SLASH, "refused unless the connector has encodedSolidusHandling=decode")
                .lacks(ESCAPED_BACKSLASH, "refused unless the connector has encodedReverseSolidusHandling=passthrough")
                .lacks(LATE_CONTINUE, "answered at once unless the connector has continueResponseTiming=onRead");
    }

    private static ProcessBackend defaultJetty(ProcessBackend jetty) {
        String refused =
                "refused unless jetty.httpConfig.uriCompliance is UNSAFE and the context decodes ambiguous URIs";
        return jetty.lacks(CONTENT_TYPE_AS_GIVEN, "Jetty writes well-known types as it knows them")
                .lacks(SCHEME_OF_CONNECTION, SCHEME_OF_TARGET)
                .lacks(OTHER_AUTHORITY, "refused unless jetty.httpConfig.compliance allows MISMATCHED_AUTHORITY")
                .lacks(EMPTY_PORT, "refused unless jetty.httpConfig.compliance allows UNSAFE_HOST_HEADER")
                .lacks(REASON_PHRASE, "Servlet 6 has no way to set it; Jetty sends the standard one")
                .lacks(ESCAPED_SLASH, refused + ", and then unless gangway.encoded-slash is accept")
                .lacks(ESCAPED_BACKSLASH, refused)
                .lacks(ESCAPED_PERCENT, refused)
                .lacks(ESCAPED_NON_UTF8, refused)
                .lacks(ESCAPED_DOTS, refused)
                .lacks(DOUBLE_SLASH, refused);
    }
}
