package io.gangway.docs;

import io.gangway.lint.AsgiRule;
import io.gangway.lint.AsgiRule.Section;
import java.util.Set;

/** {@code docs/asgi.md}: an introduction, and the catalogue's rules by section, each with the tests that show it. */
final class AsgiDocument {
    private static final String INTRODUCTION = """
            # The asynchronous gateway interface: ASGI in Java, rule by rule

            <!-- Generated from io.gangway.lint.AsgiRule. Change the rules there; AsgiDocumentTest tells how to write this file. -->

            ASGI is WSGI's asynchronous sibling ([ASGI 3.0](https://asgi.readthedocs.io/en/latest/specs/main.html)): an application is
            called once for each request or WebSocket, and exchanges events with the server as long as that lasts. This page has the
            rules as Gangway keeps them, for applications in Java and in Python, in a servlet container. How to write an application
            in Java is in [asgi-applications.md](asgi-applications.md); what Python applications get is in [python.md](python.md).

            Each rule has a number that never changes its meaning; error messages cite it. A rule binds the *server* (Gangway) or
            the *application*. The last line of a rule names the test classes that show it; the build fails if a rule that is kept has
            none. The last rules are about extensions that are not offered: they have no tests.
            """;

    private AsgiDocument() {}

    static String text(TaggedTests tests) {
        StringBuilder text = new StringBuilder(INTRODUCTION);
        for (Section section : Section.values()) {
            text.append("\n## ").append(section.title()).append('\n');
            for (AsgiRule rule : AsgiRule.catalogue()) {
                if (rule.section() == section) {
                    append(rule, tests.of(rule.id()), text);
                }
            }
        }
        return text.toString();
    }

    private static void append(AsgiRule rule, Set<String> tests, StringBuilder text) {
        String who = switch (rule.side()) {
            case SERVER -> "server";
            case APPLICATION -> "application";
            case BOTH -> "server and application";
        };
        text.append('\n').append("<a id=\"").append(rule.id()).append("\"></a>\n");
        Wrapped.append("**" + rule.id() + "** · " + who + " · " + rule.text(), text);
        text.append('\n');
        Wrapped.append("*Why:* " + rule.why(), text);
        if (rule.isKept()) {
            text.append('\n');
            Wrapped.append("*Tested by:* " + String.join(", ", tests), text);
        }
    }
}
