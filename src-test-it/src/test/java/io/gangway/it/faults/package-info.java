/**
 * Faults that need minutes or a whole container: workers that are killed again and again, web applications that are deployed
 * again and again. Single faults are shown in bridge-python's own tests; docs/faults.md lists all.
 */
@NullMarked
package io.gangway.it.faults;

import org.jspecify.annotations.NullMarked;
