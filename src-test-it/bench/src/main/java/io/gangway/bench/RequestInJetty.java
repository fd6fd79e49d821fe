package io.gangway.bench;

import io.gangway.servlet.GatewayServlet;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.LocalConnector.LocalEndPoint;
import org.eclipse.jetty.server.Server;
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
 * A request through the whole of Jetty, from bytes to bytes on one connection, without a network.
 *
 * <p>What the two sides differ by in allocation is what Gangway costs, with what its calls make Jetty allocate. The time
 * includes two changes of thread, and says little.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // the setup fills them
public class RequestInJetty {
    private static final long ANSWER_SECONDS = 10;

    /** The request and its answer. */
    @Param({"HELLO", "HEADERS"})
    public Workload workload = Workload.HELLO;

    /** Who answers. */
    @Param({"servlet", "gateway"})
    public String side = "servlet";

    private Server server;
    private LocalEndPoint connection;
    private ByteBuffer request;

    /**
     * Starts the server and opens the connection.
     *
     * @throws Exception if that fails
     */
    @Setup
    public void start() throws Exception {
        server = Jetties.inMemory(
                side.equals("servlet") ? HandWritten.of(workload) : new GatewayServlet(Applications.of(workload)));
        server.start();
        connection = ((LocalConnector) server.getConnectors()[0]).connect();
        request = ByteBuffer.wrap(Requests.raw(workload).getBytes(StandardCharsets.ISO_8859_1));
    }

    /**
     * Stops the server.
     *
     * @throws Exception if that fails
     */
    @TearDown
    public void stop() throws Exception {
        connection.close();
        server.stop();
    }

    /**
     * One request.
     *
     * @return the answer, so that it cannot be left out
     * @throws Exception if there is none
     */
    @Benchmark
    public ByteBuffer request() throws Exception {
        connection.addInput(request.slice());
        ByteBuffer answer = connection.waitForResponse(false, ANSWER_SECONDS, TimeUnit.SECONDS);
        if (answer == null || answer.get(9) != '2') {
            throw new IllegalStateException("not answered 200");
        }
        return answer;
    }
}
