package io.gangway.it.canaries;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The machine's own Redis, at a Unix socket in a directory of its own. It ends with the tests, also if they are killed. */
final class Redis implements AutoCloseable {
    private static final Duration MAX_WAIT = Duration.ofSeconds(60);
    /** Standard input ends when the tests end. */
    private static final String UNTIL_STANDARD_INPUT_ENDS =
            "redis-server --port 0 --unixsocket \"$1\" --save '' --dir \"$2\" & server=$!; cat; kill $server; wait $server";

    private final Path folder;
    private final Process process;

    private Redis(Path folder, Process process) {
        this.folder = folder;
        this.process = process;
    }

    static Redis start() throws IOException, InterruptedException {
        try {
            Command.run(Places.target(), Map.of(), "redis-server", "--version").succeeded();
        } catch (IOException e) {
            throw Missing.onThisMachine("there is no redis-server: install Debian's redis-server");
        }
        Path folder = Places.temporary();
        Path log = folder.resolve("redis.log");
        Process process = new ProcessBuilder(
                        "sh",
                        "-c",
                        UNTIL_STANDARD_INPUT_ENDS,
                        "redis",
                        folder.resolve("redis.sock").toString(),
                        folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Redis redis = new Redis(folder, process);
        await("Redis, whose log is " + log).atMost(MAX_WAIT).until(() -> Files.exists(folder.resolve("redis.sock")));
        return redis;
    }

    /** What a client needs to connect. */
    String url() {
        return "unix://" + folder.resolve("redis.sock");
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        process.onExit().orTimeout(MAX_WAIT.toSeconds(), TimeUnit.SECONDS).join();
        Places.delete(folder);
    }
}
