package io.gangway.it;

import io.gangway.it.client.Answer;
import io.gangway.it.client.RawConnection;
import io.gangway.servlet.GatewayFilter;
import io.gangway.wsgi.GatewayApplication;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A GatewayFilter with container-first, and an asynchronous servlet behind it, in every distribution. */
final class AsynchronousNeighbourIT {
    static Stream<Distribution> distributions() {
        return HelloWarIT.distributions();
    }

    @ParameterizedTest
    @MethodSource("distributions")
    void answers_for_itself_once_it_is_asynchronous(Distribution distribution) throws Exception {
        ServerProcess process = distribution.start(
                "neighbour",
                List.of(),
                base -> GatewayWar.of(Map.of())
                        .filter(Shop.class)
                        .beside(Neighbour.class, "/neighbour/*")
                        .write(Files.createDirectories(base.resolve("webapps")).resolve("site.war")));
        try {
            List<Integer> ports = distribution.ports(process);
            int port = ports.get(ports.size() - 1);
            get(port, "/site/neighbour/synchronous-404").status(200).body("the application");
            get(port, "/site/neighbour/synchronous-page").status(200).body("the application");
            get(port, "/site/neighbour/late-page").status(404).body("the servlet's page");
            get(port, "/site/neighbour/page-of-an-early-writer").status(404).body("the servlet's page");
            get(port, "/site/neighbour/late-200").status(200).body("the servlet's page");
            get(port, "/site/neighbour/late-404").status(404).bodyWithout("the application");
            get(port, "/site/neighbour/dispatched-404").status(404).bodyWithout("the application");
            get(port, "/site/nobody").status(200).body("the application");
        } finally {
            process.stop();
        }
    }

    private static Answer get(int port, String target) throws IOException {
        try (RawConnection connection = new RawConnection(port)) {
            connection.send("GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n\r\n");
            return connection.read("GET").endedCleanly();
        }
    }

    /** An application that answers every path with 200. */
    public static final class Shop extends GatewayFilter {
        private static final long serialVersionUID = 1L;

        @Override
        protected Optional<GatewayApplication> application() {
            return Optional.of((environ, startResponse) -> {
                startResponse.start("200 OK", List.of());
                return List.of("the application".getBytes(StandardCharsets.ISO_8859_1));
            });
        }
    }

    /** A servlet that answers 404 in each possible way. */
    public static final class Neighbour extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            switch (request.getPathInfo()) {
                case "/synchronous-404" -> response.sendError(404, "the servlet has nothing");
                case "/synchronous-page" -> {
                    PrintWriter writer = response.getWriter();
                    response.setStatus(404);
                    page(writer);
                }
                case "/late-page" ->
                    later(request.startAsync(), () -> {
                        response.setStatus(404);
                        page(response.getWriter());
                    });
                case "/page-of-an-early-writer" -> {
                    response.setStatus(404);
                    PrintWriter writer = response.getWriter();
                    later(request.startAsync(request, response), () -> page(writer));
                }
                case "/late-200" ->
                    later(request.startAsync(), () -> response.getOutputStream().print("the servlet's page"));
                case "/late-404" ->
                    later(request.startAsync(), () -> response.sendError(404, "the servlet has nothing"));
                default -> {
                    if (request.getDispatcherType() == DispatcherType.ASYNC) {
                        response.sendError(404, "the servlet has nothing");
                    } else {
                        request.startAsync(request, response).dispatch();
                    }
                }
            }
        }

        private static void page(PrintWriter writer) {
            writer.print("the servlet's page");
            writer.close();
        }

        private static void later(AsyncContext context, Answering answering) {
            context.start(() -> {
                try {
                    answering.answer();
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                } finally {
                    context.complete();
                }
            });
        }

        /** The work of a thread. */
        private interface Answering {
            void answer() throws IOException;
        }
    }
}
