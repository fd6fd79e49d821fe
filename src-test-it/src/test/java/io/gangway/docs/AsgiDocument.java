package io.gangway.docs;

import io.gangway.it.AsgiRuleTable;
import io.gangway.lint.AsgiRule;
import io.gangway.lint.AsgiRule.Section;
import java.util.ArrayList;
import java.util.List;
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
            none. Some rules are about extensions that are not offered: they have no tests. The [table](#where-the-rules-are-tested) at the
            end has the servers on which each rule is tested.
            """;

    private static final String TABLE = """

            ## Where the rules are tested

            The same cases are asked of an application in Java and of its twin in Python, behind the embedded servers, and of the one in
            Java as a WAR in the containers' own distributions (`AsgiSuite` and the classes above it). **✓**: at least one case shows the
            rule there. The build fails if a rule is not shown on a server without a reason.
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
        appendTable(text);
        return text.toString();
    }

    private static void appendTable(StringBuilder text) {
        text.append(TABLE).append("\n| rule |");
        AsgiRuleTable.servers()
                .forEach(server -> text.append(' ').append(server).append(" |"));
        text.append("\n|---|")
                .append(":-:|".repeat(AsgiRuleTable.servers().size()))
                .append('\n');
        List<String> reasons = new ArrayList<>();
        for (AsgiRule rule : AsgiRule.catalogue()) {
            if (rule.isKept()) {
                text.append("| [")
                        .append(rule.id())
                        .append("](#")
                        .append(rule.id())
                        .append(") |");
                AsgiRuleTable.cells(rule.id())
                        .forEach(cell -> text.append(' ')
                                .append(cell.isShown() ? "✓" : note(cell, reasons))
                                .append(" |"));
                text.append('\n');
            }
        }
        text.append('\n');
        for (int i = 0; i < reasons.size(); i++) {
            text.append(i + 1).append(". ").append(reasons.get(i)).append('\n');
        }
    }

    /** The number of the reason below the table. */
    private static String note(AsgiRuleTable.Cell cell, List<String> reasons) {
        String reason = cell.reason().orElseThrow();
        if (!reasons.contains(reason)) {
            reasons.add(reason);
        }
        return "(" + (reasons.indexOf(reason) + 1) + ")";
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
