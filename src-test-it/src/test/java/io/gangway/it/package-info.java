/** The contract suite on every backend; each has a class of its own, and is started once. */
@NullMarked
package io.gangway.it;

import org.jspecify.annotations.NullMarked;
