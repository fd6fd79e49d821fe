package io.gangway.it.embedded;

import io.gangway.asgi.AsgiApplication;
import io.gangway.deploy.CoreSettings;
import io.gangway.deploy.Deployment;
import io.gangway.deploy.LoadedApplication;
import io.gangway.deploy.Setting;
import io.gangway.deploy.SettingSource;
import io.gangway.deploy.Settings;
import io.gangway.servlet.ServletSettings;
import io.gangway.servlet.jetty.GatewayServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An ASGI application behind {@code GatewayServer}, in this JVM, with settings. */
final class AsgiServer {
    private AsgiServer() {}

    static GatewayServer start(AsgiApplication application, Map<String, String> values) throws IOException {
        List<Setting<?>> definitions = new ArrayList<>(CoreSettings.all());
        definitions.addAll(ServletSettings.all());
        Settings settings = Settings.resolve(definitions, List.of(SettingSource.initParams(values)));
        return GatewayServer.deploying(() -> Deployment.start(settings, LoadedApplication.of(application, settings)))
                .port(0)
                .start();
    }
}
