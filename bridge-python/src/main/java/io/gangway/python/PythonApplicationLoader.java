package io.gangway.python;

import static io.gangway.wsgi.RuleViolation.quote;

import io.gangway.buffer.BodyStore;
import io.gangway.deploy.ApplicationLoader;
import io.gangway.deploy.CoreSettings;
import io.gangway.deploy.DeploymentException;
import io.gangway.deploy.LoadContext;
import io.gangway.deploy.LoadedApplication;
import io.gangway.deploy.Setting;
import io.gangway.deploy.Settings;
import io.gangway.deploy.Supervised;
import io.gangway.log.FileProblem;
import io.gangway.python.dispatch.Dispatcher;
import io.gangway.python.supervisor.Plan;
import io.gangway.python.supervisor.PrivateDirectory;
import io.gangway.python.supervisor.Reload;
import io.gangway.python.supervisor.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Loads {@code python:shop.wsgi:application}: a WSGI or ASGI application that CPython runs, in worker processes. {@code python:} may be left out.
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
    public boolean takesBareNames() {
        return true;
    }

    @Override
    public List<Setting<?>> settings() {
        return PythonSettings.all();
    }

    @Override
    public LoadedApplication load(String name, LoadContext context) throws Exception {
        return load(name(), name, context);
    }

    /** Loads an application that CPython runs, whatever the loader that its name begins with. */
    static LoadedApplication load(String loader, String name, LoadContext context) throws Exception {
        Settings settings = context.settings();
        List<PrivateDirectory> directories = new ArrayList<>();
        try {
            Optional<Carried> carried = Carried.find(context, directories);
            Optional<PrivateDirectory> files = bodyFiles(settings);
            files.ifPresent(directories::add);
            return load(loader, name, context, carried, files, directories);
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            try {
                close(directories);
            } catch (IOException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
            throw e;
        }
    }

    private static LoadedApplication load(
            String loader,
            String name,
            LoadContext context,
            Optional<Carried> carried,
            Optional<PrivateDirectory> files,
            List<PrivateDirectory> directories)
            throws IOException, InterruptedException {
        Settings settings = context.settings();
        Plan plan = plan(loader, name, context, carried, files.map(PrivateDirectory::path));
        BodyStore bodies = bodies(settings, plan.bodies());
        Dispatcher dispatcher = new Dispatcher(
                settings.get(PythonSettings.QUEUE_SIZE),
                settings.get(PythonSettings.QUEUE_TIMEOUT),
                context.deployment());
        BufferPolicy buffering = new BufferPolicy(
                settings.get(PythonSettings.REQUEST_BUFFERING),
                settings.get(PythonSettings.RESPONSE_BUFFERING),
                !plan.identity().isOther());
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
                new Stop(workers, dispatcher, directories),
                carried.map(Carried::steps).orElse(List.of()));
    }

    /** Where request bodies are that workers open. */
    private static Optional<PrivateDirectory> bodyFiles(Settings settings) {
        Path parent = PythonSettings.bufferDirectory(settings);
        if (settings.get(PythonSettings.REQUEST_BUFFERING) == PythonSettings.RequestBuffering.OFF) {
            return Optional.empty();
        }
        try {
            return Optional.of(PrivateDirectory.in(parent));
        } catch (IOException e) {
            throw new DeploymentException(
                    "gangway.buffer-directory: no directory can be made in " + quote(parent.toString()) + ": "
                            + FileProblem.inWords(e) + ". Fix: free some space there, or name another directory");
        }
    }

    private static BodyStore bodies(Settings settings, Optional<Path> named) {
        Path directory = PythonSettings.bufferDirectory(settings);
        long limit = settings.get(PythonSettings.BUFFER_LIMIT);
        return named.map(files -> new BodyStore(directory, limit, files))
                .orElseGet(() -> new BodyStore(directory, limit));
    }

    private static void close(List<PrivateDirectory> directories) throws IOException {
        for (PrivateDirectory directory : directories) {
            directory.close();
        }
    }

    private record Stop(Workers workers, Dispatcher dispatcher, List<PrivateDirectory> directories)
            implements Supervised {
        @Override
        public void reload(String why) {
            workers.reload(why);
        }

        @Override
        public void changeWorkers(int difference, String why) {
            workers.change(difference, why);
        }

        @Override
        public void announce(ServiceState state) {
            workers.tell(state.text());
        }

        @Override
        public Duration time() {
            return workers.gracefulTimeout();
        }

        @Override
        public void close() throws IOException {
            close(time());
        }

        @Override
        public void close(Duration time) throws IOException {
            try (dispatcher) {
                workers.close(time);
            } finally {
                PythonApplicationLoader.close(directories);
            }
        }
    }

    static List<String> paths(Settings settings) {
        return settings.get(PythonSettings.PYTHON_PATH).stream()
                .map(path -> PythonSettings.absolute(path).toString())
                .toList();
    }

    private static Plan plan(
            String loader, String application, LoadContext context, Optional<Carried> carried, Optional<Path> bodies) {
        Settings settings = context.settings();
        return new Plan(
                context.deployment(),
                loader,
                application,
                settings.get(PythonSettings.FACTORY),
                settings.get(PythonSettings.INTERFACE).name().toLowerCase(Locale.ROOT),
                carried.map(Carried::python).orElseGet(() -> settings.get(PythonSettings.PYTHON)),
                carried.map(Carried::packages).orElseGet(() -> PythonSettings.venv(settings)),
                carried.map(it -> it.pythonPath(settings)).orElseGet(() -> paths(settings)),
                settings.find(PythonSettings.CHDIR)
                        .map(PythonSettings::absolute)
                        .or(() -> carried.map(Carried::code)),
                PythonSettings.identity(settings),
                settings.get(PythonSettings.ENV),
                bodies,
                settings.get(PythonSettings.WORKERS),
                settings.get(PythonSettings.THREADS),
                settings.get(PythonSettings.ASGI_CONCURRENCY),
                settings.get(CoreSettings.LIFESPAN).name().toLowerCase(Locale.ROOT),
                settings.get(PythonSettings.PRELOAD),
                settings.get(PythonSettings.BATCH_SCHEDULING),
                Reload.parse(settings.get(PythonSettings.RELOAD)).orElseThrow(),
                new Plan.Limits(
                        settings.get(CoreSettings.START_TIMEOUT),
                        settings.get(PythonSettings.REQUEST_TIMEOUT),
                        settings.get(PythonSettings.GRACEFUL_TIMEOUT),
                        settings.get(PythonSettings.MAX_REQUESTS),
                        settings.get(PythonSettings.MAX_REQUESTS_JITTER),
                        settings.get(PythonSettings.MAX_LIFETIME),
                        settings.get(PythonSettings.MAX_MEMORY)));
    }
}
