/** Notes with attachments: the main method, the site and the application. */
@NullMarked
package io.gangway.examples.notes;

import org.jspecify.annotations.NullMarked;
