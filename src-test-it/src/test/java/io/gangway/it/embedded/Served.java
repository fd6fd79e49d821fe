package io.gangway.it.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.deploy.ApplicationLoaders;
import io.gangway.deploy.CoreSettings;
import io.gangway.deploy.Deployment;
import io.gangway.deploy.LoadedApplication;
import io.gangway.deploy.SettingSource;
import io.gangway.deploy.Settings;
import io.gangway.exchange.ExchangeApplication;
import io.gangway.it.Python;
import io.gangway.servlet.jetty.GatewayServer;
import io.gangway.wsgi.GatewayApplication;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** An application behind {@code GatewayServer}, in this JVM. */
final class Served implements AutoCloseable {
    private final GatewayServer server;

    private Served(GatewayServer server) {
        this.server = server;
    }

    static Served java(GatewayApplication application, String mount) throws IOException {
        return of(
                Deployment.start(Settings.resolve(CoreSettings.all(), List.of()), LoadedApplication.of(application)),
                mount);
    }

    /** An application of {@code src/test/python/embedded}; no thread of the server waits for it. */
    static Served python(String application, String mount) throws IOException {
        Python.assumeThere();
        Map<String, String> values = Map.of(
                "gangway.application",
                "python:" + application,
                "gangway.python",
                Python.COMMAND,
                "gangway.python-path",
                directory().toString(),
                "gangway.workers",
                "2",
                "gangway.threads",
                "2");
        ApplicationLoaders loaders = ApplicationLoaders.visibleTo(Served.class.getClassLoader());
        Deployment deployment = Deployment.start(
                Settings.resolve(loaders.settings(), List.of(SettingSource.initParams(values))), loaders);
        assertThat(deployment.application()).isInstanceOf(ExchangeApplication.class);
        return of(deployment, mount);
    }

    private static Served of(Deployment deployment, String mount) throws IOException {
        return new Served(GatewayServer.deploying(() -> deployment)
                .contextPath(mount)
                .port(0)
                .start());
    }

    private static Path directory() {
        try {
            URL file = Objects.requireNonNull(Served.class.getResource("/embedded/numbered.py"));
            return Objects.requireNonNull(Path.of(file.toURI()).getParent());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.close();
    }
}
