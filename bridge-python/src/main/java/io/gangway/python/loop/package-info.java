/**
 * One thread for many channels. The supervision of the workers runs on one such loop, the exchanges with the workers on another.
 *
 * <p>A loop waits in three places: in its selector; for at most a second where a slow log has no room for its entries (another thread
 * writes them); and for at most a fifth of a second after its selector has failed. No task that it runs can end it.
 */
@NullMarked
package io.gangway.python.loop;

import org.jspecify.annotations.NullMarked;
