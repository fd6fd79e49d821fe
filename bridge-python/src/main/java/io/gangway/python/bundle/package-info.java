/**
 * A Python application that its web application carries: an archive with the code and its packages, unpacked at deployment for the interpreter of
 * this machine.
 */
@NullMarked
package io.gangway.python.bundle;

import org.jspecify.annotations.NullMarked;
