package io.gangway.examples.notes.web;

import io.gangway.wsgi.Header;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Finds the handler for a method and a path. Filled once, then read by all threads. */
public final class Router {
    private record Route(String method, List<String> pattern, Handler handler) {
        /** The values of the names in the pattern; empty if the path does not match. */
        Optional<Map<String, String>> match(List<String> path) {
            if (path.size() != pattern.size()) {
                return Optional.empty();
            }
            Map<String, String> parameters = new HashMap<>();
            for (int i = 0; i < path.size(); i++) {
                String expected = pattern.get(i);
                if (expected.startsWith("{")) {
                    parameters.put(expected.substring(1, expected.length() - 1), path.get(i));
                } else if (!expected.equals(path.get(i))) {
                    return Optional.empty();
                }
            }
            return Optional.of(parameters);
        }
    }

    private final List<Route> routes = new ArrayList<>();

    /** Adds a page; {@code {name}} in its path stands for any segment. HEAD is answered too. */
    public Router get(String path, Handler handler) {
        return add("GET", path, handler);
    }

    /** Adds the action of a form. */
    public Router post(String path, Handler handler) {
        return add("POST", path, handler);
    }

    private Router add(String method, String path, Handler handler) {
        routes.add(new Route(method, segments(path), handler));
        return this;
    }

    /**
     * Answers a request by its handler.
     *
     * @throws HttpProblem if there is none (404), or none for this method (405)
     */
    public Response route(Request request) throws Exception {
        // The server sends no body for HEAD, also if the handler returns one (W64).
        String method = request.method().equals("HEAD") ? "GET" : request.method();
        List<String> path = segments(request.path());
        Set<String> allowed = new TreeSet<>();
        for (Route route : routes) {
            Optional<Map<String, String>> parameters = route.match(path);
            if (parameters.isPresent() && route.method().equals(method)) {
                request.setPathParameters(parameters.get());
                return route.handler().handle(request);
            }
            if (parameters.isPresent()) {
                allowed.addAll(route.method().equals("GET") ? List.of("GET", "HEAD") : List.of(route.method()));
            }
        }
        if (allowed.isEmpty()) {
            throw HttpProblem.notFound("There is nothing here.");
        }
        throw new HttpProblem(
                "405 Method Not Allowed",
                "This page does not take that method.",
                new Header("Allow", String.join(", ", allowed)));
    }

    private static List<String> segments(String path) {
        return List.of(path.split("/", -1));
    }
}
