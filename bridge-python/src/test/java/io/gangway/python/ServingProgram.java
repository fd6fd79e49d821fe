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

    /** Bytes: more than is kept in memory. */
    private static final int LARGE = 2_000_000;

    /** Arguments: a path to ask for, whether with a large body (empty: no), then names and values of settings in turn. */
    public static void main(String... arguments) throws InterruptedException {
        Map<String, String> values = new HashMap<>();
        for (int i = 2; i < arguments.length; i += 2) {
            values.put("gangway." + arguments[i], arguments[i + 1]);
        }
        ApplicationLoaders loaders = ApplicationLoaders.visibleTo(ServingProgram.class.getClassLoader());
        Deployment deployment = Deployment.start(
                Settings.resolve(loaders.settings(), List.of(SettingSource.initParams(values))), loaders);
        TestClient client = TestClient.of(deployment.application());
        if (arguments[1].isEmpty()) {
            client.get(arguments[0]).send();
        } else {
            client.post(arguments[0])
                    .body(new byte[LARGE], "application/octet-stream")
                    .send();
        }
        new CountDownLatch(1).await();
    }
}
