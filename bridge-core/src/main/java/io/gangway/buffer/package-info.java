/**
 * Bodies that are held until somebody wants them: in memory, and beyond a limit in a temporary file.
 *
 * <p>A {@link io.gangway.buffer.BodyStore} belongs to a deployment and bounds what all its bodies take together; a
 * {@link io.gangway.buffer.BodyBuffer} is one body. A {@link io.gangway.buffer.Spool} is a response on its way
 * to a slow client. Nothing here reads from a client or knows a thread: bytes are appended by whoever
 * has them.
 */
@NullMarked
package io.gangway.buffer;

import org.jspecify.annotations.NullMarked;
