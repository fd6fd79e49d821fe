/**
 * Python applications as gateway applications: CPython worker processes that are started, watched and replaced.
 *
 * <p>{@link io.gangway.python.PythonApplicationLoader} answers for {@code gangway.application=python:module:callable};
 * {@link io.gangway.python.PythonSettings} are what can be set about it. What the application raises arrives as
 * {@link io.gangway.python.PythonApplicationException}, and a worker that died while it was answering as
 * {@link io.gangway.python.WorkerDiedException}.
 */
@NullMarked
package io.gangway.python;

import org.jspecify.annotations.NullMarked;
