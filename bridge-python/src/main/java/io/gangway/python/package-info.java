/**
 * Python applications as gateway applications: CPython worker processes that are started, watched and replaced.
 *
 * <p>{@link io.gangway.python.PythonApplicationLoader} loads {@code gangway.application=python:module:callable};
 * {@link io.gangway.python.PythonSettings} are its settings. An exception that the application raises becomes a
 * {@link io.gangway.python.PythonApplicationException}; a worker that dies in the middle of an answer, a
 * {@link io.gangway.python.WorkerDiedException}.
 */
@NullMarked
package io.gangway.python;

import org.jspecify.annotations.NullMarked;
