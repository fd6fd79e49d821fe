package io.gangway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gangway.it.client.Answer;
import io.gangway.it.client.RawConnection;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Decisions of a container other than GatewayServer that an application relies on: access to a path, and the client's identity. */
final class ForeignContainersIT {
    /** Ways to write a slash before or after {@code admin}, and paths that lead there indirectly. */
    private static final List<String> SLASHES = List.of(
            "/",
            "//",
            "/./",
            "/%2e/",
            "/%2E%2E/",
            "/q/../",
            "/q/%2e%2e/",
            "/q/..;p=1/",
            "/q/.%2e/",
            "/;p=1/",
            ";p=1/",
            ";jsessionid=1/",
            "/;jsessionid=1/",
            "%2F",
            "%2f",
            "/%2F",
            "%2F/",
            "%2F%2F",
            "/q%2F../",
            "/q%2fr/../",
            "/q%2fr/../../",
            "/q%2F..%2F",
            "/..%2f",
            "/%2e%2e%2f",
            "/q;a%2f../",
            "/q;a%2F%2E%2E/",
            ";a%2F",
            "/q/..%3b/",
            "%252F",
            "/%252e%252e/",
            "%5C",
            "/q%5C..%5C",
            "/q%5c../",
            "\\",
            "/q\\..\\",
            "%c0%af",
            "/%ef%bc%8f",
            "%00/",
            "%3F/");

    private static final List<String> ADMINS = List.of("admin", "%61dmin", "a%64min;v=1");
    private static final Pattern CONNECTOR = Pattern.compile("^CONNECTOR (\\S+) port=(\\d+)$");

    private @Nullable ServerProcess process;

    @AfterEach
    void stop() throws Exception {
        if (process != null) {
            process.stop();
        }
    }

    @Test
    void no_spelling_of_a_path_passes_a_constraint_in_tomcat_10() throws Exception {
        assertNothingPasses(start("ConstrainedTomcat", "tomcat10"), "");
    }

    @Test
    void no_spelling_of_a_path_passes_a_constraint_in_tomcat_11() throws Exception {
        assertNothingPasses(start("ConstrainedTomcat", "tomcat11"), "");
    }

    @Test
    void no_spelling_of_a_path_passes_a_constraint_in_jetty() throws Exception {
        Map<String, Integer> connectors = start("ConstrainedJetty", "");
        assertNothingPasses(connectors, "");
        assertNothingPasses(connectors, "-decoding");
    }

    private static void assertNothingPasses(Map<String, Integer> connectors, String suffix) throws IOException {
        List<String> passed = new ArrayList<>();
        int seen = 0;
        for (Map.Entry<String, Integer> connector : connectors.entrySet()) {
            if (connector.getKey().equals("ipv6")) {
                continue;
            }
            for (String mount : List.of(
                    "/servlet" + suffix, "/prefix" + suffix + "/app", "/filter" + suffix, "/last-filter" + suffix)) {
                try (Client client = new Client(InetAddress.getLoopbackAddress(), connector.getValue())) {
                    assertThat(client.get(mount + "/admin/x").code()).as(mount).isEqualTo(403);
                    client.get(mount + "/open/x").status(200).environ("PATH_INFO", "/open/x");
                    for (String spelling : spellings()) {
                        Answer answer = client.get(mount + spelling);
                        assertThat(answer.code()).as(spelling).isLessThan(500);
                        String pathInfo = answer.environ("PATH_INFO").orElse("");
                        seen += pathInfo.isEmpty() ? 0 : 1;
                        if (pathInfo.startsWith("/admin/")) {
                            passed.add(connector.getKey() + " " + mount + spelling + " arrives as " + pathInfo);
                        }
                    }
                }
            }
        }
        assertThat(passed).isEmpty();
        assertThat(seen)
                .as("spellings that reached the application as another path")
                .isGreaterThan(20);
    }

    private static Set<String> spellings() {
        Set<String> spellings = new LinkedHashSet<>();
        for (String admin : ADMINS) {
            for (String before : SLASHES) {
                for (String after : List.of("/", "%2F", ";p=1/", "//", "%5C")) {
                    spellings.add(before + admin + after + "x");
                }
            }
            for (String after : SLASHES) {
                spellings.add("/" + admin + after + "x");
            }
        }
        spellings.removeIf(
                spelling -> !spelling.startsWith("/") && !spelling.startsWith("%") && !spelling.startsWith(";"));
        return spellings;
    }

    @Test
    void a_client_of_ipv6_is_told_without_brackets_in_tomcat_10() throws Exception {
        assertIpv6IsTold(start("ConstrainedTomcat", "tomcat10"));
    }

    @Test
    void a_client_of_ipv6_is_told_without_brackets_in_tomcat_11() throws Exception {
        assertIpv6IsTold(start("ConstrainedTomcat", "tomcat11"));
    }

    @Test
    void a_client_of_ipv6_is_told_without_brackets_in_jetty() throws Exception {
        assertIpv6IsTold(start("ConstrainedJetty", ""));
    }

    private static InetAddress ipv6Loopback() throws IOException {
        byte[] loopback = new byte[16];
        loopback[15] = 1;
        return InetAddress.getByAddress(loopback);
    }

    private static void assertIpv6IsTold(Map<String, Integer> connectors) throws IOException {
        Integer port = connectors.get("ipv6");
        assumeTrue(port != null, "this machine has no loopback address of IPv6");
        try (Client client = new Client(ipv6Loopback(), port)) {
            client.get("/servlet/x")
                    .status(200)
                    .environ("REMOTE_ADDR", "::1")
                    .environ("SERVER_NAME", "[::1]")
                    .environ("HTTP_HOST", "[::1]:" + port)
                    .environ("SERVER_PORT", Integer.toString(port));
        }
    }

    /** Sends each request on a connection of its own: servers close connections after a malformed target. */
    private static final class Client implements AutoCloseable {
        private final InetAddress address;
        private final int port;
        private @Nullable RawConnection connection;

        Client(InetAddress address, int port) {
            this.address = address;
            this.port = port;
        }

        Answer get(String target) throws IOException {
            if (connection == null) {
                connection = new RawConnection(address, port);
            }
            String host = address.getHostAddress().indexOf(':') < 0 ? "127.0.0.1" : "[::1]";
            connection.send("GET " + target + " HTTP/1.1\r\nHost: " + host + ":" + port + "\r\n\r\n");
            Answer answer = connection.read("GET");
            if (answer.code() != 200) {
                close();
            }
            return answer;
        }

        @Override
        public void close() throws IOException {
            if (connection != null) {
                connection.close();
                connection = null;
            }
        }
    }

    /** Starts a main class of {@code io.gangway.it.launch}; its connectors by name. */
    private Map<String, Integer> start(String mainClass, String tomcat) throws Exception {
        Path directory = Files.createDirectories(ContractTable.target().resolve("work-" + mainClass + tomcat));
        String classPath =
                tomcat.isEmpty() ? EmbeddedBackend.jettyClassPath() : EmbeddedBackend.tomcatClassPath(tomcat);
        process = ServerProcess.start(
                directory, List.of("-cp", classPath, "io.gangway.it.launch." + mainClass, directory.toString()));
        process.awaitLine(Pattern.compile("^READY "));
        Map<String, Integer> connectors = new LinkedHashMap<>();
        for (String line : process.lines()) {
            Matcher connector = CONNECTOR.matcher(line);
            if (connector.matches()) {
                connectors.put(connector.group(1), Integer.valueOf(connector.group(2)));
            }
        }
        return connectors;
    }
}
