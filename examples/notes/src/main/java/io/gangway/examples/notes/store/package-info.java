/** Notes in a database, their attachments in a folder; this package does not depend on HTTP. */
@NullMarked
package io.gangway.examples.notes.store;

import org.jspecify.annotations.NullMarked;
