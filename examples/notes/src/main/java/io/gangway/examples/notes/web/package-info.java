/** What a small application needs between the gateway interface and its pages: requests, forms, routes, answers; nothing here knows what a note is. */
@NullMarked
package io.gangway.examples.notes.web;

import org.jspecify.annotations.NullMarked;
