package io.gangway.servlet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.exchange.Exchange;
import io.gangway.exchange.ExchangeApplication;
import io.gangway.exchange.ServerAnswer;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.StartResponse;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import org.eclipse.jetty.ee10.servlet.DefaultServlet;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GatewayFilterTest {
    /** Serves paths below /app, and answers all others with a 404 page of its own. */
    private static final GatewayApplication APPLICATION = (environ, startResponse) -> {
        boolean known =
                environ.pathInfo().startsWith("/app") || environ.pathInfo().equals("/both");
        startResponse.start(
                known ? "200 OK" : "404 Not Found",
                List.of(new Header("Content-Type", "text/plain"), new Header("X-By", "application")));
        String body =
                known ? "application " + environ.scriptName() + " " + environ.pathInfo() : "the application's 404";
        return List.of(body.getBytes(UTF_8));
    };

    @TempDir
    private Path files;

    private final Server server = new Server();

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    @Test
    void container_first_serves_files_and_servlets_and_hands_on_the_rest() throws Exception {
        start("container-first");

        assertThat(get("/site/file.txt").body()).isEqualTo("a file");
        assertThat(get("/site/both").body()).isEqualTo("servlet");
        assertThat(get("/site/app/x").body()).isEqualTo("application /site /app/x");
    }

    @Test
    void container_first_leaves_no_trace_of_the_containers_refusal() throws Exception {
        start("container-first");

        HttpResponse<String> afterNotFound = get("/site/app/x");
        assertThat(afterNotFound.statusCode()).isEqualTo(200);
        assertThat(afterNotFound.headers().firstValue("Set-Cookie")).contains("filter=kept");
        assertThat(afterNotFound.headers().allValues("Date")).hasSize(1);

        HttpResponse<String> afterNotAllowed = send("POST", "/site/app/servlet-without-post");
        assertThat(afterNotAllowed.body()).isEqualTo("application /site /app/servlet-without-post");
        assertThat(afterNotAllowed.headers().firstValue("X-By")).contains("application");
        assertThat(afterNotAllowed.headers().firstValue("X-Refused")).isEmpty();
    }

    @Test
    void what_nobody_serves_is_answered_by_the_one_asked_last() throws Exception {
        start("container-first");

        assertThat(get("/site/nothing").body()).isEqualTo("the application's 404");
    }

    @Test
    void application_first_hands_on_what_the_application_does_not_know() throws Exception {
        start("application-first");

        assertThat(get("/site/both").body()).isEqualTo("application /site /both");
        HttpResponse<String> file = get("/site/file.txt");
        assertThat(file.body()).isEqualTo("a file");
        assertThat(file.headers().firstValue("X-By")).isEmpty();
        assertThat(get("/site/nothing").statusCode()).isEqualTo(404);
        assertThat(get("/site/nothing").body()).doesNotContain("the application's 404");
    }

    @ParameterizedTest
    @ValueSource(strings = {"container-first", "application-first"})
    @Tag("W21")
    void a_request_that_no_application_should_see_is_refused_whoever_is_asked_first(String order) throws Exception {
        start(order);

        HttpResponse<String> refused = send(request("POST", "/site/app/x")
                .header("Content-Type", "text/plain")
                .header("Content-Type", "application/json"));
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body())
                .isEqualTo("400 Bad Request\nThe header Content-Type came twice (RFC 9110, section 8.3).\n");
    }

    @Test
    void container_first_passes_an_error_on_whatever_status_was_set_before() throws Exception {
        start("container-first");

        HttpResponse<String> failed = get("/site/app/servlet-that-fails");
        assertThat(failed.statusCode()).isEqualTo(503);
        assertThat(failed.body()).contains("no time for it").doesNotContain("application /site");
    }

    @Test
    void a_request_is_never_suspended_for_its_dispatch_would_pass_by_the_filter() throws Exception {
        start("container-first", new Waiting());

        assertThat(get("/site/app/x").body()).isEqualTo("200 OK\n/site /app/x\n");
    }

    private void start(String order) throws Exception {
        start(order, APPLICATION);
    }

    private void start(String order, GatewayApplication application) throws Exception {
        Files.writeString(files.resolve("file.txt"), "a file");
        ServletContextHandler context = new ServletContextHandler("/site");
        context.setBaseResourceAsPath(files);
        FilterHolder front = new FilterHolder(new CookieFilter());
        front.setAsyncSupported(true);
        context.addFilter(front, "/*", EnumSet.of(DispatcherType.REQUEST));
        FilterHolder gateway = new FilterHolder(new GatewayFilter(application));
        gateway.setAsyncSupported(true);
        gateway.setInitParameter("gangway.filter-order", order);
        context.addFilter(gateway, "/*", EnumSet.of(DispatcherType.REQUEST));
        context.addServlet(new BothServlet(), "/both");
        context.addServlet(new BothServlet(), "/app/servlet-without-post");
        context.addServlet(new FailingServlet(), "/app/servlet-that-fails");
        context.addServlet(DefaultServlet.class, "/");
        server.addConnector(new ServerConnector(server));
        server.setHandler(context);
        server.start();
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send("GET", path);
    }

    private HttpResponse<String> send(String method, String path) throws Exception {
        return send(request(method, path));
    }

    private HttpRequest.Builder request(String method, String path) {
        URI uri = URI.create("http://localhost:" + ((ServerConnector) server.getConnectors()[0]).getLocalPort() + path);
        return HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody());
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    }

    /** An application for which no thread needs to wait; it answers on a thread of its own, when the filter's has begun to wait. */
    private static final class Waiting implements ExchangeApplication, GatewayApplication {
        @Override
        public boolean isBlocking() {
            return false;
        }

        @Override
        public Iterable<byte[]> call(Environ environ, StartResponse startResponse) {
            throw new AssertionError("called as a function");
        }

        @Override
        public void serve(Exchange exchange) {
            String text = exchange.facts().mount() + " " + exchange.facts().path() + "\n";
            new Thread(() -> exchange.answer(new ServerAnswer("200 OK", text, List.of()))).start();
        }
    }

    /** A filter in front; its headers must stay in the response of either side. */
    private static final class CookieFilter extends HttpFilter {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doFilter(
                HttpServletRequest request, HttpServletResponse response, jakarta.servlet.FilterChain chain)
                throws IOException, jakarta.servlet.ServletException {
            response.addHeader("Set-Cookie", "filter=kept");
            chain.doFilter(request, response);
        }
    }

    /** Sets a status first, and then fails with another one. */
    private static final class FailingServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setStatus(404);
            response.sendError(503, "no time for it");
        }
    }

    /** A servlet of the container's own. */
    private static final class BothServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getOutputStream().print("servlet");
        }

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setHeader("X-Refused", "yes");
            response.setStatus(405);
            response.getWriter().write("the servlet's 405");
        }
    }
}
