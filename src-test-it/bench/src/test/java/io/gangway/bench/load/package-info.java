@NullMarked
package io.gangway.bench.load;

import org.jspecify.annotations.NullMarked;
