/**
 * The load of {@code run peers}: connections that check every answer, and count each connection's share.
 *
 * <p>One thread drives all connections of a load, and never blocks in one of them.
 */
@NullMarked
package io.gangway.bench.load;

import org.jspecify.annotations.NullMarked;
