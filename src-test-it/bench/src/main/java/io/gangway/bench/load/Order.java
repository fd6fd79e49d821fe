package io.gangway.bench.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** One line from the script: {@code name=value} for each parameter of a load, percent-encoded. */
final class Order {
    private final Map<String, String> values = new HashMap<>();

    private Order() {}

    static Order parse(String line) {
        Order order = new Order();
        String[] words = line.strip().split(" ", -1);
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("no value: " + word);
            }
            order.values.put(
                    word.substring(0, equals), URLDecoder.decode(word.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return order;
    }

    Load.Plan plan() throws IOException {
        return new Load.Plan(
                server(),
                request(),
                expected(),
                number("connections"),
                text("kept").equals("yes"),
                Duration.ofMillis(number("milliseconds")),
                Duration.ofMillis(number("grace-milliseconds")));
    }

    private InetSocketAddress server() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), number("port"));
    }

    private Request request() {
        return Request.of(text("head"), number("body-size"));
    }

    private Expected expected() throws IOException {
        String file = values.get("answer-file");
        return file == null
                ? new Expected(Long.parseLong(text("answer-length")), Optional.empty())
                : Expected.of(Files.readAllBytes(Path.of(file)));
    }

    private int number(String name) {
        return Integer.parseInt(text(name));
    }

    private String text(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no " + name + " in the order");
        }
        return value;
    }
}
