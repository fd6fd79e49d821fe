/**
 * Real Python frameworks, unmodified, as canaries: features that work on every other WSGI server must work here. Each framework
 * has a class of tests, which runs on the embedded Jetty and in a Tomcat distribution; the applications lie in {@code
 * src/test/python/canaries}, the frameworks in a virtual environment that the first test makes. A fault of Gangway that is
 * found here gets a test beside the code that causes it.
 */
@NullMarked
package io.gangway.it.canaries;

import org.jspecify.annotations.NullMarked;
