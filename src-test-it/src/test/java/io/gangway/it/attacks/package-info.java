/** Clients that leave, stall and break off in every state of an exchange, in every container, beside honest ones. */
@NullMarked
package io.gangway.it.attacks;

import org.jspecify.annotations.NullMarked;
