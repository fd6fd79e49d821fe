package io.gangway.wsgi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Converts a container's text to native strings, in which each char is one byte (PEP 3333, "A Note on String Types"; W20).
 *
 * <p>Containers decode some values and pass others on as bytes. Every value of a container that is put into an environ is converted
 * here once, so that no char above U+00FF reaches an application.
 *
 * <p>Stateless and thread-safe.
 */
public final class NativeStrings {
    /** The character that decoders put in place of bytes that they could not decode. */
    private static final char LOST = '\ufffd';

    private static final char LAST_ASCII = 0x7f;
    private static final char LAST_BYTE = 0xff;

    private NativeStrings() {}

    /**
     * The UTF-8 bytes of text that a container has decoded, or that has never been bytes: a user's name, a certificate's subject, a
     * path or query in which a client sent raw bytes.
     *
     * @param text any Unicode
     * @return its UTF-8 bytes as chars; the same string if it is ASCII
     */
    public static String ofText(String text) {
        return hasCharAbove(text, LAST_ASCII) ? new String(text.getBytes(UTF_8), ISO_8859_1) : text;
    }

    /**
     * The value of a header. Containers read headers as ISO-8859-1, so it is normally a native string already. A value with other
     * chars was decoded, or was set by a filter, and becomes its UTF-8 bytes.
     *
     * @param value as the container gives it
     * @return the same string if each char is a byte
     */
    public static String ofHeader(String value) {
        return hasCharAbove(value, LAST_BYTE) ? ofText(value) : value;
    }

    /**
     * Whether a container could not decode some bytes of a text, so that the client's bytes are lost.
     *
     * @param text as the container gives it
     * @return true if it holds U+FFFD
     */
    public static boolean isLost(String text) {
        return text.indexOf(LOST) >= 0;
    }

    private static boolean hasCharAbove(String text, char limit) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > limit) {
                return true;
            }
        }
        return false;
    }
}
