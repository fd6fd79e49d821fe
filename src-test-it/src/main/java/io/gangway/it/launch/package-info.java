/**
 * Main classes of the servers that the suite starts as processes of their own.
 *
 * <p>Each prints {@code READY} with its ports, serves until its standard input ends, which it also does when the test's
 * JVM dies, stops, and prints the threads that remain.
 */
@NullMarked
package io.gangway.it.launch;

import org.jspecify.annotations.NullMarked;
