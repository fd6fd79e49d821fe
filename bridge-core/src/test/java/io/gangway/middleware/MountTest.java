package io.gangway.middleware;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MountTest {
    private static GatewayApplication named(String name) {
        return (environ, startResponse) -> {
            startResponse.start("200 OK", List.of(new Header("X-App", name)));
            return List.of((environ.scriptName() + "|" + environ.pathInfo()).getBytes(ISO_8859_1));
        };
    }

    private final Mount mount = Mount.builder()
            .at("/api", named("api"))
            .at("/api/v1", named("v1"))
            .at("/café", named("cafe"))
            .otherwise(named("fallback"))
            .build();

    @ParameterizedTest
    @CsvSource({
        "/api, api, /app/api|",
        "/api/, api, /app/api|/",
        "/api/x, api, /app/api|/x",
        "/api/v1, v1, /app/api/v1|",
        "/api/v1/x/y, v1, /app/api/v1|/x/y",
        "/api/v10, api, /app/api|/v10",
        "/apis, fallback, /app|/apis",
        "/API, fallback, /app|/API",
        "//api, fallback, /app|//api",
        "/api//x, api, /app/api|//x",
        "/, fallback, /app|/",
        "'', fallback, /app|",
        "/caf\u00c3\u00a9/x, cafe, /app/caf\u00c3\u00a9|/x",
    })
    void sends_a_path_to_the_longest_prefix_of_whole_segments(String path, String application, String split) {
        Call call = Call.get(path).with("SCRIPT_NAME", "/app").to(mount);
        assertThat(call.responseHeader("X-App")).contains(application);
        assertThat(call.received.toString(ISO_8859_1)).isEqualTo(split);
    }

    @Test
    void answers_404_where_nothing_is_mounted() {
        Call call = Call.get("/other").to(Mount.builder().build());
        assertThat(call.status()).isEqualTo(404);
        assertThat(call.body()).isEqualTo("404 Not Found\n");
    }

    @Test
    void leaves_the_environ_of_outer_middleware_alone() {
        Call call = Call.get("/api/x").to(mount);
        assertThat(call.environ).containsEntry("SCRIPT_NAME", "").containsEntry("PATH_INFO", "/api/x");
    }

    @Test
    void gives_the_mounted_application_an_environ_that_stays_as_it_was() {
        AtomicReference<String> seenLate = new AtomicReference<>();
        Mount late = Mount.builder()
                .at("/a", (environ, startResponse) -> {
                    startResponse.start("200 OK", List.of());
                    return () -> {
                        seenLate.set(environ.scriptName() + "|" + environ.pathInfo());
                        return List.<byte[]>of().iterator();
                    };
                })
                .build();
        assertThat(Call.get("/a/b").to(late).problem()).isNull();
        assertThat(seenLate).hasValue("/a|/b");
    }

    @Test
    void returns_the_mounted_application_s_own_body() throws Exception {
        ObservedBody body = ObservedBody.of("x");
        Mount direct =
                Mount.builder().at("/a", (environ, startResponse) -> body).build();
        assertThat(direct.call(Call.get("/a").environ, (status, headers, excInfo) -> data -> {}))
                .isSameAs(body);
    }

    @ParameterizedTest
    @CsvSource({"''", "/", "api", "/api/", "/a//b"})
    void refuses_a_malformed_prefix(String prefix) {
        assertThatThrownBy(() -> Mount.builder().at(prefix, named("x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "expected a prefix such as /api, with a slash before each segment and none at the end; found \""
                                + prefix + "\". Fix: write it that way; for all other paths, use otherwise()");
    }

    @Test
    void refuses_a_second_application_for_a_prefix() {
        assertThatThrownBy(() -> Mount.builder().at("/a", named("1")).at("/a", named("2")))
                .hasMessage(
                        "expected one application for each prefix; found a second for \"/a\". Fix: mount one of them"
                                + " under another prefix");
    }
}
