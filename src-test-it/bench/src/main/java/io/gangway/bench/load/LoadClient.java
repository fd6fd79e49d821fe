package io.gangway.bench.load;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The process that makes the load: one {@link Load} for each line of standard input, and one line of JSON with its result.
 *
 * <p>It stays for a whole run of the script, so that its own code is compiled before anything is measured, and ends with its
 * standard input.
 */
public final class LoadClient {
    private LoadClient() {}

    /**
     * Obeys until standard input ends.
     *
     * @param arguments none
     * @throws Exception if an order is wrong; the script then reports the exception
     */
    public static void main(String[] arguments) throws Exception {
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        System.out.println("ready");
        for (String line = orders.readLine(); line != null; line = orders.readLine()) {
            System.out.println(json(Load.run(Order.parse(line).plan())));
        }
    }

    private static String json(Load.Result result) {
        Latencies latencies = result.latencies();
        return String.format(
                Locale.ROOT,
                "{\"answered\":%d,\"seconds\":%.6f,\"p50_us\":%.1f,\"p99_us\":%.1f,\"max_us\":%.1f,\"fewest\":%d,"
                        + "\"failed\":%d,\"unanswered\":%d,\"reopened\":%d,\"first_failure\":%s}",
                latencies.count(),
                result.nanos() / 1e9,
                latencies.microseconds(50),
                latencies.microseconds(99),
                latencies.microseconds(100),
                result.fewest(),
                result.failed(),
                result.unanswered(),
                result.reopened(),
                quoted(result.firstFailure()));
    }

    private static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char each = text.charAt(i);
            if (each == '"' || each == '\\') {
                json.append('\\').append(each);
            } else {
                json.append(each < ' ' || each > '~' ? '?' : each);
            }
        }
        return json.append('"').toString();
    }
}
