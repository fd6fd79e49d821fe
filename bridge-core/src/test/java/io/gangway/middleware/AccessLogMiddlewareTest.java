package io.gangway.middleware;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.wsgi.FileWrapper;
import io.gangway.wsgi.GatewayApplication;
import java.io.ByteArrayInputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an access log around an application does to the application's body. */
class AccessLogMiddlewareTest {
    private final AccessLog log = AccessLog.to(line -> {}).build();

    private static GatewayApplication answering(String status, Iterable<byte[]> body) {
        return (environ, startResponse) -> {
            startResponse.start(status, List.of());
            return body;
        };
    }

    @Test
    void asks_for_one_block_for_each_that_it_yields() throws Exception {
        ObservedBody body = ObservedBody.of("a", "b", "c");
        Iterable<byte[]> wrapped = log.wrap(answering("200 OK", body))
                .call(Call.get("/").environ, (status, headers, excInfo) -> data -> {});
        var blocks = wrapped.iterator();
        assertThat(body.asked).isZero();
        blocks.next();
        assertThat(body.asked).isEqualTo(1);
        blocks.next();
        assertThat(body.asked).isEqualTo(2);
    }

    @Test
    void leaves_a_file_a_file() throws Exception {
        FileWrapper file = new FileWrapper(new ByteArrayInputStream(new byte[1]), 8192);
        assertThat(log.wrap(answering("200 OK", file))
                        .call(Call.get("/").environ, (status, headers, excInfo) -> data -> {}))
                .isInstanceOf(FileWrapper.class);
    }
}
