/**
 * One thread for many channels: what the supervision of the workers and the exchanges with them run on, each on a loop of its own.
 *
 * <p>A loop waits in its selector, for at most a second where a slow log has no room for its entries (another thread writes them), and
 * for a moment after a selector has failed; and nothing that it runs can end it.
 */
@NullMarked
package io.gangway.python.loop;

import org.jspecify.annotations.NullMarked;
