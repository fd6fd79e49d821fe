/**
 * What goes wrong around Python applications for minutes or in whole containers: workers killed in a storm, web applications
 * deployed again and again. Single faults are shown in bridge-python's own tests; docs/faults.md lists all.
 */
@NullMarked
package io.gangway.it.faults;

import org.jspecify.annotations.NullMarked;
