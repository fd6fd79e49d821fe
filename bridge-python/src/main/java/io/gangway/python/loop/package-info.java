/**
 * One thread for many channels: what the supervision of the workers and the exchanges with them run on, each on a loop of its own.
 *
 * <p>A loop waits nowhere but in its selector; what it logs, another thread writes.
 */
@NullMarked
package io.gangway.python.loop;

import org.jspecify.annotations.NullMarked;
