/**
 * What Gangway costs beside a hand-written servlet that gives the same answers.
 *
 * <p>{@code BenchServer} serves both to a load generator, {@code StreamServer} shows that bodies of any size pass through a
 * small heap, and {@code io.gangway.bench.jmh} measures single requests. The script {@code src-test-it/bench/run} drives
 * all three; {@code docs/benchmarks.md} says what the numbers mean.
 */
@NullMarked
package io.gangway.bench;

import org.jspecify.annotations.NullMarked;
