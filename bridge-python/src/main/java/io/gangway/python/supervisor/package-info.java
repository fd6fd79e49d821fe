/**
 * Worker processes: started, watched, replaced and ended.
 *
 * <p>One thread, the {@code EventLoop}'s, owns all state here. Frames from the sockets, timers and calls of other threads are run on it
 * one after another, and nothing that is run on it blocks.
 */
@NullMarked
package io.gangway.python.supervisor;

import org.jspecify.annotations.NullMarked;
