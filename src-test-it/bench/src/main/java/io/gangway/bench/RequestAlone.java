package io.gangway.bench;

import io.gangway.servlet.GatewayServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A request from {@code service} on: a real one that Jetty holds, and a response that forgets what it is given. What
 * Gangway's own code costs, from request to environ, through the application and the checks, and what its questions cost
 * in Jetty.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // the setup fills them
public class RequestAlone {
    /** The request and its answer. */
    @Param({"HELLO", "HEADERS"})
    public Workload workload = Workload.HELLO;

    /** Who answers. */
    @Param({"servlet", "gateway"})
    public String side = "servlet";

    private HttpServlet servlet;
    private HeldRequest held;
    private HttpServletRequest request;
    private StubResponse response;

    /**
     * Makes servlet, request and response.
     *
     * @throws Exception if the servlet does not start
     */
    @Setup
    public void start() throws Exception {
        servlet = side.equals("servlet") ? HandWritten.of(workload) : new GatewayServlet(Applications.of(workload));
        servlet.init(Stubs.servletConfig());
        held = new HeldRequest(workload);
        request = held.get();
        response = new StubResponse();
    }

    /**
     * Lets the request go.
     *
     * @throws Exception if its server does not stop
     */
    @TearDown
    public void stop() throws Exception {
        held.letGo();
    }

    /**
     * One request.
     *
     * @return the response, so that it cannot be left out
     * @throws Exception if it fails
     */
    @Benchmark
    public StubResponse request() throws Exception {
        response.clear();
        servlet.service(request, response);
        if (!response.isComplete(Answers.HELLO)) {
            throw new IllegalStateException("not answered 200");
        }
        return response;
    }
}
