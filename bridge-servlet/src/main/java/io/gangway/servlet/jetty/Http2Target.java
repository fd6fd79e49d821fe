package io.gangway.servlet.jetty;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import org.eclipse.jetty.http.HttpTokens;
import org.eclipse.jetty.http.HttpURI;
import org.jspecify.annotations.Nullable;

/**
 * Method and path of an HTTP/2 request. Jetty takes them as they come: each char is one byte, and blanks and control characters, which
 * HTTP/1.1 cannot carry there, are among them (RFC 9113, section 8.3.1).
 */
final class Http2Target {
    private Http2Target() {}

    /** Whether a method is a token (RFC 9110, sections 5.6.2 and 9.1). */
    static boolean isToken(String method) {
        return !method.isEmpty() && method.chars().allMatch(c -> isTokenChar((char) c));
    }

    private static boolean isTokenChar(char c) {
        HttpTokens.Token token = HttpTokens.getToken(c);
        return token != null && token.isRfc2616Token();
    }

    /** Whether path and query have neither blanks nor control characters, and raw bytes that are UTF-8. */
    static boolean isValid(HttpURI uri) {
        String target = uri.getPathQuery();
        return target == null || (!hasBlankOrControl(target) && (isAscii(target) || text(target) != null));
    }

    /** The same target with its raw bytes decoded as UTF-8, as Jetty decodes them in HTTP/1.1; itself if there are none. */
    static HttpURI decoded(HttpURI uri) {
        String target = uri.getPathQuery();
        String text = target == null || isAscii(target) ? null : text(target);
        return text == null ? uri : HttpURI.build(uri).pathQuery(text);
    }

    private static boolean hasBlankOrControl(String target) {
        return target.chars().anyMatch(c -> c <= ' ' || c == 0x7f);
    }

    private static boolean isAscii(String target) {
        return target.chars().allMatch(c -> c < 0x80);
    }

    private static @Nullable String text(String bytes) {
        try {
            return UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(bytes.getBytes(ISO_8859_1)))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
