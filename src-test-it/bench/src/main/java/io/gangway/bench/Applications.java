package io.gangway.bench;

import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.StartResponse;
import java.util.List;

/** The workloads as gateway applications, written as the documentation would have them written. */
final class Applications {
    private Applications() {}

    static Iterable<byte[]> hello(Environ environ, StartResponse startResponse) {
        return answer(startResponse, Answers.TEXT, Answers.HELLO);
    }

    /** Answers as {@link #hello} does, once it has found the headers that it looks for. */
    static Iterable<byte[]> headers(Environ environ, StartResponse startResponse) {
        for (String name : Answers.READ) {
            if (environ.header(name).isEmpty()) {
                startResponse.start("400 Bad Request", List.of());
                return List.of();
            }
        }
        return answer(startResponse, Answers.TEXT, Answers.HELLO);
    }

    static Iterable<byte[]> megabyte(Environ environ, StartResponse startResponse) {
        return answer(startResponse, Answers.BINARY, Answers.MEGABYTE);
    }

    static GatewayApplication of(Workload workload) {
        return switch (workload) {
            case HELLO -> Applications::hello;
            case HEADERS -> Applications::headers;
            case BODY1M -> Applications::megabyte;
        };
    }

    private static Iterable<byte[]> answer(StartResponse startResponse, String type, byte[] body) {
        startResponse.start(
                "200 OK",
                List.of(new Header("Content-Type", type), new Header("Content-Length", Integer.toString(body.length))));
        return List.of(body);
    }
}
