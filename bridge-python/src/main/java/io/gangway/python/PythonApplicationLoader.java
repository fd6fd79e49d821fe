package io.gangway.python;

import io.gangway.buffer.BodyStore;
import io.gangway.deploy.ApplicationLoader;
import io.gangway.deploy.LoadContext;
import io.gangway.deploy.LoadedApplication;
import io.gangway.deploy.Setting;
import io.gangway.deploy.Settings;
import io.gangway.deploy.TimedStop;
import io.gangway.python.dispatch.Dispatcher;
import io.gangway.python.supervisor.Plan;
import io.gangway.python.supervisor.Reload;
import io.gangway.python.supervisor.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Loads {@code python:shop.wsgi:application}: a WSGI application that CPython runs, in worker processes.
 *
 * <p>The workers are ready when the application has been loaded, and are ended when it is stopped.
 */
public final class PythonApplicationLoader implements ApplicationLoader {
    /** Makes a loader; nothing is started. */
    public PythonApplicationLoader() {}

    @Override
    public String name() {
        return "python";
    }

    @Override
    public String example() {
        return "python:shop.wsgi:application";
    }

    @Override
    public List<Setting<?>> settings() {
        return PythonSettings.all();
    }

    @Override
    public LoadedApplication load(String name, LoadContext context) throws Exception {
        Settings settings = context.settings();
        Plan plan = plan(name, settings);
        BodyStore bodies = bodies(settings);
        Dispatcher dispatcher =
                new Dispatcher(settings.get(PythonSettings.QUEUE_SIZE), settings.get(PythonSettings.QUEUE_TIMEOUT));
        BufferPolicy buffering = new BufferPolicy(
                settings.get(PythonSettings.REQUEST_BUFFERING), settings.get(PythonSettings.RESPONSE_BUFFERING));
        Workers workers;
        try {
            workers = Workers.start(plan, dispatcher, Path.of(System.getProperty("java.io.tmpdir")));
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            dispatcher.close();
            throw e;
        }
        // Even with one worker there are two while the second replaces the first (W35).
        Supplier<Optional<String>> problem =
                plan.reload().mode() == Reload.Mode.WATCH ? workers::problem : Optional::empty;
        return new LoadedApplication(
                new WorkerApplication(dispatcher, buffering, bodies, problem),
                plan.threads() > 1,
                true,
                new Stop(workers, dispatcher));
    }

    private static BodyStore bodies(Settings settings) {
        return new BodyStore(PythonSettings.bufferDirectory(settings), settings.get(PythonSettings.BUFFER_LIMIT));
    }

    private record Stop(Workers workers, Dispatcher dispatcher) implements TimedStop {
        @Override
        public void close() throws IOException {
            try (dispatcher) {
                workers.close();
            }
        }

        @Override
        public void close(Duration time) throws IOException {
            try (dispatcher) {
                workers.close(time);
            }
        }
    }

    private static Plan plan(String application, Settings settings) {
        return new Plan(
                application,
                settings.get(PythonSettings.INTERFACE).name().toLowerCase(Locale.ROOT),
                settings.get(PythonSettings.PYTHON),
                PythonSettings.venv(settings),
                settings.get(PythonSettings.PYTHON_PATH).stream()
                        .map(path -> PythonSettings.absolute(path).toString())
                        .toList(),
                settings.find(PythonSettings.CHDIR).map(PythonSettings::absolute),
                settings.get(PythonSettings.ENV),
                settings.get(PythonSettings.WORKERS),
                settings.get(PythonSettings.THREADS),
                settings.get(PythonSettings.PRELOAD),
                Reload.parse(settings.get(PythonSettings.RELOAD)).orElseThrow(),
                new Plan.Limits(
                        settings.get(PythonSettings.START_TIMEOUT),
                        settings.get(PythonSettings.REQUEST_TIMEOUT),
                        settings.get(PythonSettings.GRACEFUL_TIMEOUT),
                        settings.get(PythonSettings.MAX_REQUESTS),
                        settings.get(PythonSettings.MAX_REQUESTS_JITTER),
                        settings.get(PythonSettings.MAX_LIFETIME),
                        settings.get(PythonSettings.MAX_MEMORY)));
    }
}
