package io.gangway.lint;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One numbered rule of the gateway interface: what PEP 3333 and its practice ask of a server or an application, with its
 * meaning in Java and on a servlet.
 *
 * <p>{@link #catalogue()} has all of them; {@code docs/wsgi.md} is generated from it, and tests enforce that every rule is
 * checked in each of the ways it names. Immutable.
 *
 * @param id such as {@code W51}; never given to another rule
 * @param section where it stands in the document
 * @param side who has to keep it
 * @param level how binding it is
 * @param checks by what it is checked; never empty
 * @param text the rule, in Markdown on one line
 * @param why what it is good for, in Markdown on one line
 */
public record WsgiRule(String id, Section section, Side side, Level level, Set<Check> checks, String text, String why) {
    /** Checks and copies the parts. */
    public WsgiRule {
        checks = Set.copyOf(checks);
        text = oneLine(text);
        why = oneLine(why);
        if (checks.isEmpty()) {
            throw new IllegalArgumentException(id + " is checked by nothing: a rule that nobody checks is a wish");
        }
    }

    /** A chapter of the document. */
    public enum Section {
        /** How the application is called. */
        CALL("The call"),
        /** The request as strings. */
        CGI("CGI variables"),
        /** The gateway's own facts and streams. */
        WSGI_KEYS("`wsgi.*` keys"),
        /** The request's body. */
        INPUT("The input stream"),
        /** The way to the log. */
        ERRORS("The error stream"),
        /** Status and headers. */
        START_RESPONSE("start_response"),
        /** The response's body. */
        BODY("The body"),
        /** What surrounds the call. */
        AROUND("Around it");

        private final String title;

        Section(String title) {
            this.title = title;
        }

        /**
         * The chapter's heading.
         *
         * @return Markdown
         */
        public String title() {
            return title;
        }
    }

    /** Who has to keep a rule. A middleware is an application to what calls it, and a server to what it calls. */
    public enum Side {
        /** What calls the application. */
        SERVER,
        /** What is called. */
        APPLICATION,
        /** Each its part. */
        BOTH
    }

    /** How binding a rule is, in the sense of RFC 2119. */
    public enum Level {
        /** No exceptions. */
        MUST,
        /** Unless there is a reason. */
        SHOULD
    }

    /** By what a rule is checked. */
    public enum Check {
        /** The compiler: in Java it cannot be broken, or hardly. */
        TYPES,
        /** {@link Lint}, on every request. */
        LINTER,
        /** The contract suite, from outside, on every container that Gangway supports. */
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
     * @param id such as {@code W51}
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

    /** Apart, so that the tables can be loaded before or after this class. */
    private static final class Catalogue {
        static final List<WsgiRule> ALL = Stream.concat(RequestRules.ALL.stream(), ResponseRules.ALL.stream())
                .toList();
    }

    private static String oneLine(String text) {
        return text.strip().replace('\n', ' ');
    }
}
