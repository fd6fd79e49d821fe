package io.gangway.lint;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One numbered rule of the gateway interface: what PEP 3333 and common practice require of a server or an application, and
 * what that means in Java and in a servlet container.
 *
 * <p>{@link #catalogue()} has all of them; {@code docs/wsgi.md} is generated from it, and tests enforce that every rule is
 * checked in each of the ways it names. Immutable.
 *
 * @param id for example {@code W51}; never given to another rule
 * @param section the section of the document
 * @param side the side that must keep the rule
 * @param level how binding the rule is
 * @param checks how the rule is checked; never empty
 * @param text the rule, in Markdown on one line
 * @param why the reason for the rule, in Markdown on one line
 */
public record WsgiRule(String id, Section section, Side side, Level level, Set<Check> checks, String text, String why) {
    /** Checks and copies the parts. */
    public WsgiRule {
        checks = Set.copyOf(checks);
        text = oneLine(text);
        why = oneLine(why);
        if (checks.isEmpty()) {
            throw new IllegalArgumentException(
                    id + ": expected at least one check; found none. Fix: name how the rule is checked");
        }
    }

    /** A section of the document. */
    public enum Section {
        /** How the application is called. */
        CALL("The call"),
        /** The request as strings. */
        CGI("CGI variables"),
        /** The gateway's own properties and streams. */
        WSGI_KEYS("`wsgi.*` keys"),
        /** The request's body. */
        INPUT("The input stream"),
        /** The stream that leads to the log. */
        ERRORS("The error stream"),
        /** Status and headers. */
        START_RESPONSE("start_response"),
        /** The response's body. */
        BODY("The body"),
        /** URL reconstruction, proxies, and other rules beside the call itself. */
        AROUND("URLs, proxies and extensions");

        private final String title;

        Section(String title) {
            this.title = title;
        }

        /**
         * The section's heading.
         *
         * @return Markdown
         */
        public String title() {
            return title;
        }
    }

    /** The side that must keep a rule. A middleware is an application to its caller, and a server to its callee. */
    public enum Side {
        /** The server, which calls the application. */
        SERVER,
        /** The application. */
        APPLICATION,
        /** Each side keeps its part. */
        BOTH
    }

    /** How binding a rule is, in the sense of RFC 2119. */
    public enum Level {
        /** Without exception. */
        MUST,
        /** Unless there is a reason. */
        SHOULD
    }

    /** How a rule is checked. */
    public enum Check {
        /** By the compiler: Java code that breaks the rule does not compile, or hardly ever. */
        TYPES,
        /** By {@link Lint}, on every request. */
        LINTER,
        /** By the contract suite, from outside, on every container that Gangway supports. */
        CONTRACT
    }

    /**
     * All rules in the order of their numbers.
     *
     * @return an unmodifiable list
     */
    public static List<WsgiRule> catalogue() {
        return Catalogue.ALL;
    }

    /**
     * Looks a rule up.
     *
     * @param id for example {@code W51}
     * @return the rule
     * @throws NoSuchElementException if there is none with this number
     */
    public static WsgiRule of(String id) {
        for (WsgiRule rule : Catalogue.ALL) {
            if (rule.id.equals(id)) {
                return rule;
            }
        }
        throw new NoSuchElementException("no WSGI rule " + id + "; docs/wsgi.md lists all");
    }

    /** A class of its own, so that the tables can be loaded before or after {@link WsgiRule}. */
    private static final class Catalogue {
        static final List<WsgiRule> ALL = Stream.concat(RequestRules.ALL.stream(), ResponseRules.ALL.stream())
                .toList();
    }

    private static String oneLine(String text) {
        return text.strip().replace('\n', ' ');
    }
}
