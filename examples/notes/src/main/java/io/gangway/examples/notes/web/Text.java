package io.gangway.examples.notes.web;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Turns the bytes of a request into text. */
final class Text {
    private Text() {}

    /** Decodes UTF-8; other bytes are refused, because a wrong guess would be stored. */
    static String utf8(byte[] bytes) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new HttpProblem("400 Bad Request", "The text that arrived is not UTF-8.");
        }
    }

    /** Decodes {@code application/x-www-form-urlencoded}: a query or a form. The first of equal names counts. */
    static Map<String, String> urlencoded(String encoded) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String pair : encoded.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                fields.putIfAbsent(unquoted(pair.substring(0, equals)), unquoted(pair.substring(equals + 1)));
            }
        }
        return fields;
    }

    private static String unquoted(String quoted) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(quoted.length());
        byte[] raw = quoted.getBytes(ISO_8859_1);
        for (int i = 0; i < raw.length; i++) {
            int high = i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
            int low = i + 2 < raw.length ? Character.digit(raw[i + 2], 16) : -1;
            if (raw[i] == '%' && high >= 0 && low >= 0) {
                bytes.write(high * 16 + low);
                i += 2;
            } else {
                bytes.write(raw[i] == '+' ? ' ' : raw[i]);
            }
        }
        return utf8(bytes.toByteArray());
    }
}
