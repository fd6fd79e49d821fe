/** That the benchmarks measure what they say. */
@NullMarked
package io.gangway.bench;

import org.jspecify.annotations.NullMarked;
