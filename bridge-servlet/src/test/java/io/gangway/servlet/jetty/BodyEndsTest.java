package io.gangway.servlet.jetty;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;

class BodyEndsTest {
    private static final Content.Chunk FAILURE = Content.Chunk.from(new EOFException("Early EOF"), true);

    private boolean isBroken;

    @Test
    void the_end_of_a_body_that_broke_off_is_the_failure() throws Exception {
        List<Content.Chunk> seen = seen(-1, HttpVersion.HTTP_2, data("ab", false), Content.Chunk.EOF, FAILURE);

        assertThat(seen).hasSize(2);
        assertThat(Content.Chunk.isFailure(seen.get(1))).isTrue();
    }

    @Test
    void so_is_the_last_data_of_it() throws Exception {
        List<Content.Chunk> seen = seen(-1, HttpVersion.HTTP_2, data("ab", true), FAILURE);

        assertThat(seen).hasSize(1);
        assertThat(Content.Chunk.isFailure(seen.get(0))).isTrue();
    }

    @Test
    void a_whole_body_is_whole() throws Exception {
        List<Content.Chunk> seen = seen(-1, HttpVersion.HTTP_2, data("ab", true), Content.Chunk.EOF);

        assertThat(seen).hasSize(1);
        assertThat(seen.get(0).remaining()).isEqualTo(2);
        assertThat(seen.get(0).isLast()).isTrue();
    }

    @Test
    void a_body_whose_connection_has_ended_is_not_whole_without_its_last_data() throws Exception {
        isBroken = true;

        List<Content.Chunk> seen =
                seen(-1, HttpVersion.HTTP_2, data("ab", false), Content.Chunk.EOF, Content.Chunk.EOF);

        assertThat(seen).hasSize(2);
        assertThat(Content.Chunk.isFailure(seen.get(1))).isTrue();
        assertThat(Content.Chunk.isFailure(seen(-1, HttpVersion.HTTP_2, data("ab", true), Content.Chunk.EOF)
                        .get(0)))
                .isFalse();
    }

    @Test
    void a_body_with_a_length_is_read_once() throws Exception {
        List<Content.Chunk> seen = seen(2, HttpVersion.HTTP_2, data("ab", true), FAILURE);

        assertThat(seen).hasSize(1);
        assertThat(Content.Chunk.isFailure(seen.get(0))).isFalse();
    }

    private static Content.Chunk data(String text, boolean isLast) {
        return Content.Chunk.from(ByteBuffer.wrap(text.getBytes(US_ASCII)), isLast);
    }

    /** What a handler behind it reads, up to the last chunk. */
    private List<Content.Chunk> seen(long length, HttpVersion version, Content.Chunk... chunks) throws Exception {
        Queue<Content.Chunk> body = new ArrayDeque<>(List.of(chunks));
        EndPoint endPoint = answering(EndPoint.class, Map.of("isInputShutdown", isBroken));
        Connection bottom = answering(Connection.class, Map.of("getEndPoint", endPoint));
        ConnectionMetaData connection =
                answering(ConnectionMetaData.class, Map.of("getHttpVersion", version, "getConnection", bottom));
        Request request = (Request) Proxy.newProxyInstance(
                BodyEndsTest.class.getClassLoader(), new Class<?>[] {Request.class}, (proxy, method, arguments) -> {
                    return switch (method.getName()) {
                        case "getLength" -> length;
                        case "getHeaders" -> HttpFields.EMPTY;
                        case "getConnectionMetaData" -> connection;
                        case "read" -> body.remove();
                        default -> throw new UnsupportedOperationException(method.getName());
                    };
                });
        List<Content.Chunk> seen = new ArrayList<>();
        Handler reader = new Handler.Abstract() {
            @Override
            public boolean handle(Request read, Response response, Callback callback) {
                Content.Chunk chunk;
                do {
                    chunk = read.read();
                    seen.add(chunk);
                } while (!chunk.isLast());
                return true;
            }
        };
        Response unused = answering(Response.class, Map.of());
        assertThat(new BodyEnds(reader).handle(request, unused, Callback.NOOP)).isTrue();
        return seen;
    }

    private static <T> T answering(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(
                BodyEndsTest.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    Object answer = answers.get(method.getName());
                    if (answer == null) {
                        throw new UnsupportedOperationException(method.getName());
                    }
                    return answer;
                }));
    }
}
