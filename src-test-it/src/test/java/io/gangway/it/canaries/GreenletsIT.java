package io.gangway.it.canaries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.deploy.ApplicationLoaders;
import io.gangway.deploy.Deployment;
import io.gangway.deploy.DeploymentException;
import io.gangway.deploy.SettingSource;
import io.gangway.deploy.Settings;
import io.gangway.testing.TestClient;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Libraries that replace Python's blocking calls: the parts that a worker with threads can serve, and its messages for the others. */
class GreenletsIT {
    @ParameterizedTest
    @CsvSource({
        "gevent, gevent.monkey.patch_all() or patch_thread(), gevent.monkey.patch_socket() and patch_select() do no harm, false",
        "gevent, gevent.monkey.patch_all() or patch_thread(), gevent.monkey.patch_socket() and patch_select() do no harm, true",
        "eventlet, eventlet.monkey_patch(), 'eventlet.monkey_patch(os=False, thread=False) does no harm', false",
        "eventlet, eventlet.monkey_patch(), 'eventlet.monkey_patch(os=False, thread=False) does no harm', true"
    })
    void an_application_that_replaces_threads_is_refused_by_name(
            String library, String call, String instead, String preload) {
        assertThatThrownBy(() -> deploy("patches_threads", preload, library).close())
                .isInstanceOf(DeploymentException.class)
                .hasMessage(
                        "step import of \"patches_threads\" failed: the application replaces threads by greenlets, with "
                                + call + ", and a worker serves requests with threads (" + instead
                                + ").\nFix: take that call out, and set gangway.threads to as many requests as a worker is to serve at"
                                + " once");
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "true"})
    void sockets_that_let_other_greenlets_run_serve(String preload) throws Exception {
        try (Deployment deployment = deploy("patches_sockets", preload, "")) {
            TestClient client = TestClient.of(deployment.application()).withErrorPages();
            for (int i = 0; i < 10; i++) {
                assertThat(client.get("/answer/" + i).send().text()).isEqualTo("/answer/" + i);
            }
        }
    }

    private static Deployment deploy(String application, String preload, String patch)
            throws IOException, InterruptedException {
        ApplicationLoaders loaders = ApplicationLoaders.visibleTo(GreenletsIT.class.getClassLoader());
        return Deployment.start(
                Settings.resolve(
                        loaders.settings(),
                        List.of(SettingSource.initParams(Map.of(
                                "gangway.application",
                                "python:" + application,
                                "gangway.venv",
                                VirtualEnvironment.FRAMEWORKS.root().toString(),
                                "gangway.python-path",
                                Places.sources().resolve("greenlets").toString(),
                                "gangway.workers",
                                "2",
                                "gangway.threads",
                                "4",
                                "gangway.preload",
                                preload,
                                "gangway.env.PATCH",
                                patch)))),
                loaders);
    }
}
