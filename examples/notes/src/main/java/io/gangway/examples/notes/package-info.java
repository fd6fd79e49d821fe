/** Notes with attachments: the main method, and what the application is made of. */
@NullMarked
package io.gangway.examples.notes;

import org.jspecify.annotations.NullMarked;
