package io.gangway.lint;

import static java.util.Objects.requireNonNull;

import io.gangway.lint.WsgiRule.Level;
import io.gangway.lint.WsgiRule.Side;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * One numbered rule of the asynchronous gateway interface: what ASGI 3.0 requires of a server or an application, and what that means in Java and in a servlet container.
 *
 * <p>{@link #catalogue()} has all of them; {@code docs/asgi.md} is generated from it, and a rule that no test is tagged with fails the build. The events and the calls of
 * {@link io.gangway.asgi} keep them on every request, with and without {@link Lint}: their errors name these numbers. Immutable.
 *
 * @param id for example {@code A15}; never given to another rule
 * @param section the section of the document
 * @param side the side that must keep the rule
 * @param level how binding the rule is
 * @param isKept whether this server keeps it; if not, {@code text} says why it does not offer what the rule is about
 * @param text the rule, in Markdown on one line
 * @param why the reason for the rule, in Markdown on one line
 */
public record AsgiRule(String id, Section section, Side side, Level level, boolean isKept, String text, String why) {
    /** Checks the parts, and joins their lines. */
    public AsgiRule {
        requireNonNull(id, "id");
        requireNonNull(section, "section");
        requireNonNull(side, "side");
        requireNonNull(level, "level");
        text = oneLine(text);
        why = oneLine(why);
    }

    /** A section of the document. */
    public enum Section {
        /** What every call gets. */
        SCOPES("Scopes"),
        /** A request and its response. */
        HTTP("HTTP"),
        /** A WebSocket. */
        WEBSOCKET("WebSockets"),
        /** Startup and shutdown. */
        LIFESPAN("Lifespan"),
        /** What a server may offer. */
        EXTENSIONS("Extensions");

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

    /**
     * All rules in the order of their numbers.
     *
     * @return an unmodifiable list
     */
    public static List<AsgiRule> catalogue() {
        return AsgiRules.ALL;
    }

    /**
     * Looks a rule up.
     *
     * @param id for example {@code A15}
     * @return the rule
     * @throws NoSuchElementException if there is none with this number
     */
    public static AsgiRule of(String id) {
        for (AsgiRule rule : AsgiRules.ALL) {
            if (rule.id.equals(id)) {
                return rule;
            }
        }
        throw new NoSuchElementException("no ASGI rule " + id + "; docs/asgi.md lists all");
    }

    private static String oneLine(String text) {
        return text.strip().replace('\n', ' ');
    }
}
