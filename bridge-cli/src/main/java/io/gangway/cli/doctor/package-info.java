/** Looks at a machine, an application or a WAR, and says what keeps it from running and what to do. */
@NullMarked
package io.gangway.cli.doctor;

import org.jspecify.annotations.NullMarked;
