package io.gangway.bench.load;

import java.util.Optional;

/**
 * What every answer is checked for, besides status 200 and correct framing.
 *
 * @param length of the body, in bytes
 * @param body its bytes; if absent, only the length is checked, because comparing 100 MB would be most of a client's work
 */
record Expected(long length, Optional<byte[]> body) {
    Expected {
        if (body.isPresent() && body.get().length != length) {
            throw new IllegalArgumentException("a body of " + body.get().length + " bytes, but the length " + length);
        }
    }

    static Expected of(byte[] body) {
        return new Expected(body.length, Optional.of(body));
    }
}
