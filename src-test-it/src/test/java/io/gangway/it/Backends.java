package io.gangway.it;

import static io.gangway.it.contract.Trait.ESCAPED_BACKSLASH;
import static io.gangway.it.contract.Trait.ESCAPED_NON_UTF8;
import static io.gangway.it.contract.Trait.ESCAPED_SLASH;
import static io.gangway.it.contract.Trait.LATE_CONTINUE;
import static io.gangway.it.contract.Trait.LENGTH_ON_304;
import static io.gangway.it.contract.Trait.OWN_ANSWER_TO_BROKEN_BODY;
import static io.gangway.it.contract.Trait.REASON_PHRASE;

import java.util.List;
import java.util.Map;

/** Every backend, with what it declares. */
final class Backends {
    /** W73 is shown where Python applications run. */
    private static final String PYTHON = "the applications of this suite are Java; there is nothing to validate";

    static final Backend MEMORY = new MemoryBackend(Map.of("W73", PYTHON));
    static final Backend EMBEDDED_JETTY = EmbeddedBackend.jetty()
            .lacks(REASON_PHRASE, "Servlet 6 has no way to set it; Jetty sends the standard one");
    static final Backend EMBEDDED_TOMCAT_10 = defaultTomcat(EmbeddedBackend.tomcat("embedded Tomcat 10.1", "tomcat10"));
    static final Backend EMBEDDED_TOMCAT_11 = defaultTomcat(EmbeddedBackend.tomcat("embedded Tomcat 11", "tomcat11"));

    static final List<Backend> ALL = List.of(MEMORY, EMBEDDED_JETTY, EMBEDDED_TOMCAT_10, EMBEDDED_TOMCAT_11);

    private Backends() {}

    private static Backend defaultTomcat(ProcessBackend tomcat) {
        return tomcat.lacks(REASON_PHRASE, "Tomcat sends no reason phrases")
                .lacks(ESCAPED_SLASH, "refused unless the connector has encodedSolidusHandling=passthrough")
                .lacks(ESCAPED_BACKSLASH, "refused unless the connector has encodedReverseSolidusHandling=passthrough")
                .lacks(ESCAPED_NON_UTF8, "Tomcat decodes paths as UTF-8 and refuses what is not")
                .lacks(LENGTH_ON_304, "Tomcat removes it")
                .lacks(OWN_ANSWER_TO_BROKEN_BODY, "Tomcat answers 400 by itself as soon as a read meets the fault")
                .lacks(LATE_CONTINUE, "answered at once unless the connector has continueResponseTiming=onRead");
    }
}
