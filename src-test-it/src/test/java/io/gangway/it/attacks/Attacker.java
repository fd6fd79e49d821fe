package io.gangway.it.attacks;

import java.io.IOException;

/** A client that attacks once, and judges all that it is told. */
interface Attacker {
    /** Whether it takes as long as the server's time. */
    boolean isLong();

    /**
     * Attacks.
     *
     * @throws AssertionError if something that it is told is wrong
     * @throws IOException if something does not come
     */
    void run() throws IOException, InterruptedException;

    /** Whether a number is one of its own. */
    boolean has(int number);
}
