package io.gangway.examples.notes.web;

/** Answers the requests of one route. */
@FunctionalInterface
public interface Handler {
    /**
     * Answers one request.
     *
     * @throws HttpProblem if the request is at fault
     * @throws Exception if the application is
     */
    Response handle(Request request) throws Exception;
}
