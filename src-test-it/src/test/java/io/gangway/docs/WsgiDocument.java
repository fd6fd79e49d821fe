package io.gangway.docs;

import io.gangway.lint.WsgiRule;
import io.gangway.lint.WsgiRule.Check;
import io.gangway.lint.WsgiRule.Level;
import io.gangway.lint.WsgiRule.Section;
import java.util.Arrays;
import java.util.stream.Collectors;

/** {@code docs/wsgi.md}: an introduction, and the catalogue's rules by section. */
final class WsgiDocument {
    private static final int LINE_LENGTH = 100;

    private static final String INTRODUCTION = """
            # The gateway interface: WSGI in Java, rule by rule

            <!-- Generated from io.gangway.lint.WsgiRule. Change the rules there; WsgiDocumentTest tells how to write this file. -->

            WSGI is an agreement between a web server and a web application that has carried Python's web since 2003
            (PEP 333, today [PEP 3333](https://peps.python.org/pep-3333/)). The server turns a request into a dictionary of
            strings and calls the application, which is a function; the application names a status and headers, and returns
            the body as a series of byte blocks. That is all of it. This page is the agreement as Gangway keeps it, for
            applications in Java and in Python, on a servlet container. You need not know the PEP to use it.

            ## The call in Java

            ```java
            GatewayApplication hello = (environ, startResponse) -> {
                String name = environ.header("X-Name").orElse("world");
                startResponse.start("200 OK", List.of(new Header("Content-Type", "text/plain; charset=utf-8")));
                return List.of(("Hello, " + name + "\\n").getBytes(UTF_8));
            };
            ```

            - `environ` is the request: a mutable `Map<String, Object>` with the keys below, and typed accessors
              (`method()`, `pathInfo()`, `header("X-Name")`, `input()`, `url()`) beside it.
            - `startResponse` takes the response's status and headers. Nothing is sent yet: the head leaves with the first
              non-empty block.
            - What is returned is the body, an `Iterable<byte[]>`. A `List` will do; an iterator that makes its blocks one by
              one streams. If the iterable is `AutoCloseable`, it is closed exactly once, whatever happens.
            - A *middleware* is a function from application to application. To what calls it, it is an application; to what it
              calls, it is a server; and it keeps the rules of both.

            Text in the environ and in headers is made of *native strings*: each character stands for one byte
            (ISO-8859-1). Whoever knows that the bytes are UTF-8 decodes them; the accessors that do so say it in their name.

            ## How to read the rules

            Each rule has a number that never changes its meaning; error messages cite it. A rule binds the *server*
            (Gangway, or a middleware in its place), the *application*, or each for its part. *Must* is meant without
            exception, *should* unless there is a reason. Where Java differs from Python, the rule says so. The last line tells
            how a rule is kept from being a wish:

            - **types**: in Java the compiler sees to it.
            - **linter**: `io.gangway.lint.Lint`, a middleware that checks both sides on every request. It stands around every
              application under test, in mode `strict`, and can be left on in production, where it only logs (mode `log`). In
              development (mode `fail`) it fails what breaks a rule, but for what every server repairs (W50, W52).
            - **contract suite**: tests that ask every supported container from outside, with the same applications in Java
              and Python.
            """;

    private WsgiDocument() {}

    static String text() {
        StringBuilder text = new StringBuilder(INTRODUCTION);
        for (Section section : Section.values()) {
            text.append("\n## ").append(section.title()).append('\n');
            for (WsgiRule rule : WsgiRule.catalogue()) {
                if (rule.section() == section) {
                    append(rule, text);
                }
            }
        }
        return text.toString();
    }

    private static void append(WsgiRule rule, StringBuilder text) {
        String who = switch (rule.side()) {
            case SERVER -> "server";
            case APPLICATION -> "application";
            case BOTH -> "server and application";
        };
        text.append('\n').append("<a id=\"").append(rule.id()).append("\"></a>\n");
        wrap(
                "**" + rule.id() + "** · " + who + (rule.level() == Level.SHOULD ? " · should" : "") + " · "
                        + rule.text(),
                text);
        text.append('\n');
        wrap("*Why:* " + rule.why(), text);
        text.append('\n');
        wrap("*Checked by:* " + checks(rule), text);
    }

    private static String checks(WsgiRule rule) {
        return Arrays.stream(Check.values())
                .filter(rule.checks()::contains)
                .map(check -> switch (check) {
                    case TYPES -> "types";
                    case LINTER -> "linter";
                    case CONTRACT -> "contract suite";
                })
                .collect(Collectors.joining(", "));
    }

    private static void wrap(String paragraph, StringBuilder text) {
        int column = 0;
        for (String word : paragraph.split(" +", -1)) {
            if (column > 0 && column + 1 + word.length() > LINE_LENGTH) {
                text.append('\n');
                column = 0;
            } else if (column > 0) {
                text.append(' ');
                column++;
            }
            text.append(word);
            column += word.length();
        }
        text.append('\n');
    }
}
