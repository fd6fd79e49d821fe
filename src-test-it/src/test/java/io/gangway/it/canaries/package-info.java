/**
 * Real Python frameworks, unmodified, as canaries: what works on every other WSGI server has to work here. Each framework
 * has a class of tests, which runs on the embedded Jetty and in a Tomcat distribution; the applications lie in {@code
 * src/test/python/canaries}, the frameworks in a virtual environment that the first test makes. What fails here because of
 * Gangway gets a test beside the code that is to blame.
 */
@NullMarked
package io.gangway.it.canaries;

import org.jspecify.annotations.NullMarked;
