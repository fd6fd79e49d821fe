/** Builds a web application (WAR) that carries a Python application, its packages and Gangway. */
@NullMarked
package io.gangway.cli.war;

import org.jspecify.annotations.NullMarked;
