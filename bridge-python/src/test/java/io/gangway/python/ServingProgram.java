package io.gangway.python;

import io.gangway.deploy.ApplicationLoaders;
import io.gangway.deploy.Deployment;
import io.gangway.deploy.SettingSource;
import io.gangway.deploy.Settings;
import io.gangway.testing.TestClient;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** The program of a JVM that a test kills: deploys the application of its arguments, sends one request, and goes on running. */
final class ServingProgram {
    private ServingProgram() {}

    /** Arguments: a path to ask for, then names and values of settings in turn. */
    public static void main(String... arguments) throws InterruptedException {
        Map<String, String> values = new HashMap<>();
        for (int i = 1; i < arguments.length; i += 2) {
            values.put("gangway." + arguments[i], arguments[i + 1]);
        }
        ApplicationLoaders loaders = ApplicationLoaders.visibleTo(ServingProgram.class.getClassLoader());
        Deployment deployment = Deployment.start(
                Settings.resolve(loaders.settings(), List.of(SettingSource.initParams(values))), loaders);
        TestClient.of(deployment.application()).get(arguments[0]).send();
        new CountDownLatch(1).await();
    }
}
