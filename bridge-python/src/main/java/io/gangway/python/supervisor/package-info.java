/**
 * Worker processes: started, watched, replaced and ended.
 *
 * <p>One thread, the {@code EventLoop}'s, owns all state here, and everything else enqueues to it: what comes over the sockets,
 * the clock's ticks, the call that stops it all. It waits nowhere but in its selector.
 */
@NullMarked
package io.gangway.python.supervisor;

import org.jspecify.annotations.NullMarked;
