package io.gangway.it.canaries;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What lives on long answers: GraphQL with subscriptions (Strawberry), an MCP server over streamable HTTP, and server-sent events. */
@OnServers(CanaryServer.RUN)
final class LiveIT extends CanaryTest {
    /** Seconds of a stream of events; in its long form it outlasts every default timeout of the containers. */
    private static final int STREAM_SECONDS = Integer.getInteger("test.stream-seconds", 4);

    LiveIT() {
        super(Canary.of("live", "shop:app")
                .in(VirtualEnvironment.ASGI)
                .named("graphql-mcp-sse")
                .with("gangway.workers", "1")
                .with("gangway.request-timeout", "2s"));
    }

    @Test
    void answers_queries_and_mutations_of_graphql() throws Exception {
        query("query($name: String!) { stock(name: $name) }", "{\"name\":\"tea\"}", "{\"stock\":3}");
        query("mutation { add(name: \"thé\", count: 2) }", "{}", "{\"add\":2}");
        client().get("/graphql", "Accept", "text/html").status(200).contains("graphiql");
    }

    private void query(String query, String variables, String data) throws Exception {
        String body = "{\"query\":\"" + query.replace("\"", "\\\"") + "\",\"variables\":" + variables + "}";
        client().send("POST", "/graphql", BodyPublishers.ofString(body), "Content-Type", "application/json")
                .status(200)
                .contains(data);
    }

    @Test
    void pushes_what_graphql_subscriptions_yield() throws Exception {
        try (Gate gate = new Gate();
                Talk talk = Talk.to(deployed().base(), "/graphql", "graphql-transport-ws")) {
            assertThat(talk.subprotocol()).isEqualTo("graphql-transport-ws");
            talk.say("{\"type\":\"connection_init\"}").hears("{\"type\":\"connection_ack\"}");
            talk.say(subscription("1", "count(to: 2)"))
                    .hears("{\"id\":\"1\",\"type\":\"next\",\"payload\":{\"data\":{\"count\":0}}}")
                    .hears("{\"id\":\"1\",\"type\":\"next\",\"payload\":{\"data\":{\"count\":1}}}")
                    .hears("{\"id\":\"1\",\"type\":\"complete\"}");
            talk.say(subscription("2", "endless(gatePort: " + gate.port() + ")"))
                    .hears("{\"id\":\"2\",\"type\":\"next\",\"payload\":{\"data\":{\"endless\":0}}}");
            talk.say("{\"id\":\"2\",\"type\":\"complete\"}");
            assertThat(gate.told()).isEqualTo("closed");
        }
    }

    @Test
    void ends_the_subscriptions_of_a_client_that_left() throws Exception {
        try (Gate gate = new Gate()) {
            try (Talk talk = Talk.to(deployed().base(), "/graphql", "graphql-transport-ws")) {
                talk.say("{\"type\":\"connection_init\"}").hears("{\"type\":\"connection_ack\"}");
                talk.say(subscription("1", "endless(gatePort: " + gate.port() + ")"))
                        .hears("{\"id\":\"1\",\"type\":\"next\",\"payload\":{\"data\":{\"endless\":0}}}");
            }
            assertThat(gate.told()).isEqualTo("closed");
        }
    }

    private static String subscription(String id, String what) {
        return "{\"id\":\"" + id + "\",\"type\":\"subscribe\",\"payload\":{\"query\":\"subscription { " + what
                + " }\"}}";
    }

    @Test
    void serves_tools_and_resources_to_the_client_of_mcp() throws Exception {
        assertThat(told("use_mcp.py", deployed().base() + "/mcp"))
                .containsExactly(
                        "legacy Shop",
                        "tools buy",
                        "progress 1.0 3.0 1 of tea",
                        "progress 2.0 3.0 2 of tea",
                        "progress 3.0 3.0 3 of tea",
                        "bought 3 of tea",
                        "stock 3",
                        "wrong True",
                        "auto Shop",
                        "tools buy",
                        "progress 1.0 3.0 1 of tea",
                        "progress 2.0 3.0 2 of tea",
                        "progress 3.0 3.0 3 of tea",
                        "bought 3 of tea",
                        "stock 3",
                        "wrong True",
                        "done");
    }

    @Test
    void sends_events_for_a_long_time_also_after_a_silence() throws Exception {
        int count = STREAM_SECONDS / 2;
        int silence = STREAM_SECONDS - count;
        List<String> lines = new ArrayList<>();
        long began = System.nanoTime();
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                client().stream("/events?count=" + count + "&silence=" + silence)
                        .body(),
                UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
            }
        }
        List<String> expected = new ArrayList<>();
        IntStream.range(0, count).mapToObj(number -> "id: " + number).forEach(expected::add);
        expected.add("event: end");
        assertThat(lines).filteredOn(line -> line.matches("(id|event): .*")).isEqualTo(expected);
        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .isGreaterThanOrEqualTo(Duration.ofSeconds(STREAM_SECONDS));
        CanaryTable.checked();
    }
}
