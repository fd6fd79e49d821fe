/**
 * The contract suite: cases as data, the one application that serves them all, and the journal of its calls.
 *
 * <p>This package depends on bridge-core alone and is packed as a jar, so that the same cases run in memory, in an
 * embedded server, and inside a WAR in any container. The journal is read back over HTTP.
 */
@NullMarked
package io.gangway.it.contract;

import org.jspecify.annotations.NullMarked;
