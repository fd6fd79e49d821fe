/** The pages: one class of handlers for notes, one for attachments, and the view that fills their templates. */
@NullMarked
package io.gangway.examples.notes.pages;

import org.jspecify.annotations.NullMarked;
