package io.gangway.examples.notes.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * Distinguishes our own forms from those on other sites: a random token is in a cookie and in every form, and no other
 * site can read the cookie or write the form.
 */
public final class Csrf {
    public static final String COOKIE = "notes_csrf";
    public static final String FIELD = "csrf";

    /** Bytes of a token: too many to guess it. */
    private static final int BYTES = 32;

    private static final SecureRandom RANDOM = new SecureRandom();

    private Csrf() {}

    public static String newToken() {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Refuses a form without the cookie's token. */
    public static void check(Request request) throws IOException {
        byte[] sent = request.form().field(FIELD).getBytes(UTF_8);
        byte[] expected = request.cookie(COOKIE).orElse("").getBytes(UTF_8);
        if (expected.length == 0 || !MessageDigest.isEqual(sent, expected)) {
            throw new HttpProblem(
                    "403 Forbidden", "This form has expired. Go back, reload the page, and send it again.");
        }
    }
}
