/** Notes in a database, their attachments in a folder; nothing here knows of HTTP. */
@NullMarked
package io.gangway.examples.notes.store;

import org.jspecify.annotations.NullMarked;
