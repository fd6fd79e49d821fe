package io.gangway.docs;

import io.gangway.lint.WsgiRule;
import io.gangway.lint.WsgiRule.Check;
import io.gangway.lint.WsgiRule.Level;
import io.gangway.lint.WsgiRule.Section;
import java.util.Arrays;
import java.util.stream.Collectors;

/** {@code docs/wsgi.md}: an introduction, and the catalogue's rules by section. */
final class WsgiDocument {
    private static final String INTRODUCTION = """
            # The gateway interface: WSGI in Java, rule by rule

            <!-- Generated from io.gangway.lint.WsgiRule. Change the rules there; WsgiDocumentTest tells how to write this file. -->

            WSGI is an agreement between a web server and a web application that has carried Python's web since 2003
            (PEP 333, today [PEP 3333](https://peps.python.org/pep-3333/)). The server turns a request into a dictionary of
            strings and calls the application, which is a function; the application names a status and headers, and returns
            the body as a series of byte blocks. This page has the rules as Gangway keeps them, for applications in Java and
            in Python, in a servlet container. You need not know the PEP to use it.

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
            - `startResponse` takes the response's status and headers. Nothing is sent yet: the head is sent with the first
              non-empty block.
            - The application returns the body, an `Iterable<byte[]>`, for example a `List`. An iterator that makes its blocks
              one by one streams. If the iterable is `AutoCloseable`, it is closed exactly once, also after an error.
            - A *middleware* is a function from application to application. To its caller it is an application; to the
              application that it calls it is a server. It must keep the rules of both.

            Text in the environ and in headers is made of *native strings*: each character stands for one byte
            (ISO-8859-1). If the bytes are UTF-8, the application decodes them; accessors that decode say so in their name.

            ## How to read the rules

            Each rule has a number that never changes its meaning; error messages cite it. A rule binds the *server*
            (Gangway, or a middleware in its place), the *application*, or both. A rule must be kept without exception; a rule
            marked *should* may be broken for a good reason. Where Java differs from Python, the rule says so. The last line
            says how the rule is checked:

            - **types**: by the Java compiler.
            - **linter**: by `io.gangway.lint.Lint`, a middleware that checks both sides on every request. Tests use it in mode
              `strict`. In production it can be left on in mode `log`, in which it only logs. In development (mode `fail`), a
              broken rule fails the request, except where every server repairs the response (W50, W52).
            - **contract suite**: by tests that send requests to every supported container, with the same applications in
              Java and Python.
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
        Wrapped.append(
                "**" + rule.id() + "** · " + who + (rule.level() == Level.SHOULD ? " · should" : "") + " · "
                        + rule.text(),
                text);
        text.append('\n');
        Wrapped.append("*Why:* " + rule.why(), text);
        text.append('\n');
        Wrapped.append("*Checked by:* " + checks(rule), text);
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
}
