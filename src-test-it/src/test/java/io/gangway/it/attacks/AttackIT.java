package io.gangway.it.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.it.Python;
import io.gangway.it.attacks.Attack.Protocol;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clients reset, half-close, stall and time out in every {@link State} of an exchange, in every container, over HTTP/1.1 and HTTP/2, and in
 * every {@link SocketState} of a WebSocket, while honest clients check each byte of their answers.
 *
 * <p>Nothing crosses, is truncated or hangs; each call of an application ends, every thread and socket is free again, no worker was
 * replaced, and no trace is in the container's log.
 *
 * <p>{@code -Dtest.attacks=1000} asks for so many attacks on each state in each container. {@code -Dtest.attacks-seed=N} repeats the
 * choices of another run, whose messages tell N; {@code -Dtest.attacks-containers=JETTY,TOMCAT_11} attacks only these.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "counts sockets in /proc")
final class AttackIT {
    private static final int ON_EACH_STATE = Integer.getInteger("test.attacks", 50);
    private static final long SEED = Long.getLong("test.attacks-seed", System.nanoTime() % 1_000_000);
    private static final int ATTACKERS = 60;
    /** How many of those that only wait are there at once. */
    private static final int STALLED = 150;

    /** Every exchange has then ended: the slowest one waits for a timeout of the container, or for another exchange that does. */
    private static final Duration LONGEST_END = Duration.ofSeconds(30);

    /** Far longer than a timeout of the server, and than the queue for an application on a busy machine. */
    private static final Duration LONGEST_ATTACK = Duration.ofSeconds(60);

    private static final int SHOWN = 20;

    private final Queue<String> faults = new ConcurrentLinkedQueue<>();
    private final Queue<Time> times = new ConcurrentLinkedQueue<>();
    private final List<Attacker> attackers = new ArrayList<>();

    @TempDir
    Path directory;

    static List<Container> containers() {
        return Stream.of(System.getProperty("test.attacks-containers", "").split(",", -1))
                .filter(name -> !name.isEmpty())
                .map(Container::valueOf)
                .collect(Collectors.collectingAndThen(
                        Collectors.toList(), named -> named.isEmpty() ? List.of(Container.values()) : named));
    }

    @ParameterizedTest
    @MethodSource("containers")
    void every_answer_is_its_own_requests_and_nothing_is_left(Container container) throws Exception {
        Python.assumeThere();
        String run = "attacks on " + container + ", seed " + SEED;
        try (AttackedServer server = AttackedServer.start(container, directory)) {
            server.gather();
            await().atMost(LONGEST_END).until(() -> server.journal().open().isEmpty());
            Set<Long> processes = server.processes();
            long sockets = socketsOfIdleServer(server);

            long begin = System.nanoTime();
            int answered = attack(server);
            System.out.printf(
                    "%s: %d honest answers, %d calls of an application, %d faults in %d ms; the slowest: %s%n",
                    run,
                    answered,
                    server.journal().begun(),
                    faults.size(),
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin),
                    Collections.max(times, Comparator.comparing(Time::millis)));

            List<String> failures = new ArrayList<>();
            check(failures, "answers", () -> assertThat(shown()).isEmpty());
            check(
                    failures,
                    "calls that did not end",
                    () -> await().atMost(LONGEST_END)
                            .untilAsserted(() ->
                                    assertThat(named(server.journal().open())).isEmpty()));
            check(
                    failures,
                    "events of an application that must not be",
                    () -> assertThat(server.journal().faults().stream()
                                    .map(this::named)
                                    .filter(fault -> !container.cutsShort(fault)))
                            .isEmpty());
            check(failures, "not served at once afterwards", server::gather);
            check(failures, "processes", () -> assertThat(server.processes()).isEqualTo(processes));
            check(
                    failures,
                    "sockets",
                    () -> await().atMost(LONGEST_END)
                            .untilAsserted(() -> assertThat(server.sockets()).isLessThanOrEqualTo(sockets)));
            check(failures, "log", () -> assertThat(server.complaints()).isEmpty());
            check(failures, "honest answers", () -> assertThat(answered).isGreaterThan(ON_EACH_STATE));
            assertThat(failures).as(run).isEmpty();
        }
    }

    /** All checks are made, so that one run tells everything. */
    private static void check(List<String> failures, String what, Check check) {
        try {
            check.check();
        } catch (Exception | AssertionError e) {
            failures.add(what + ": " + e.getMessage());
        }
    }

    /** How long an attack took. */
    private record Time(long millis, Attacker attacker) {}

    /** A check. */
    private interface Check {
        void check() throws Exception;
    }

    private List<String> named(Set<Integer> numbers) {
        return numbers.stream().map(number -> named("call " + number)).toList();
    }

    /** An event of the journal with the attack to which its number belongs. */
    private String named(String event) {
        int number = Integer.parseInt(event.replaceFirst("^\\w+ (\\d+).*", "$1"));
        return attackers.stream()
                .filter(attacker -> attacker.has(number))
                .findFirst()
                .map(attacker -> event + ": seed " + SEED + ", " + attacker)
                .orElse(event + ": an honest client's");
    }

    private List<String> shown() {
        return faults.stream().limit(SHOWN).collect(Collectors.toList());
    }

    /** The number of sockets once the server has closed all connections that its clients have closed. */
    private static long socketsOfIdleServer(AttackedServer server) {
        long[] last = {server.sockets()};
        await().during(Duration.ofSeconds(1)).atMost(LONGEST_END).until(() -> {
            long now = server.sockets();
            boolean isSame = now == last[0];
            last[0] = now;
            return isSame;
        });
        return last[0];
    }

    /** Requests and WebSockets in one order, in which they mix. */
    private void prepare(AttackedServer server) {
        Random random = new Random(SEED);
        List<Attacker> all = new ArrayList<>();
        for (Attack attack : Attack.all(ON_EACH_STATE, server.mounts(), random)) {
            all.add(new RequestAttacker(attack, server.journal(), SEED));
        }
        all.addAll(SocketAttacker.all(ON_EACH_STATE, server, random));
        Collections.shuffle(all, random);
        attackers.addAll(all);
    }

    /** Returns the number of honest answers. */
    private int attack(AttackedServer server) throws Exception {
        prepare(server);
        CountDownLatch over = new CountDownLatch(attackers.size());
        ExecutorService clients = Executors.newCachedThreadPool();
        ExecutorService attacking = Executors.newFixedThreadPool(ATTACKERS);
        ExecutorService stalled = Executors.newFixedThreadPool(STALLED);
        try {
            List<Future<Integer>> honest = new ArrayList<>();
            for (Mount mount : server.mounts()) {
                for (Protocol protocol : Protocol.values()) {
                    HonestClient client = new HonestClient(protocol, mount, honest.size(), SEED, faults);
                    honest.add(clients.submit(() -> client.ask(() -> over.getCount() == 0)));
                }
                if (mount.application().hasSockets()) {
                    HonestSocket socket = new HonestSocket(mount, honest.size(), SEED, faults);
                    honest.add(clients.submit(() -> socket.talk(() -> over.getCount() == 0)));
                }
            }
            for (Attacker attacker : attackers) {
                (attacker.isLong() ? stalled : attacking).execute(() -> {
                    try {
                        attackOnce(attacker);
                    } finally {
                        over.countDown();
                    }
                });
            }
            over.await();
            int answered = 0;
            for (Future<Integer> client : honest) {
                answered += client.get(LONGEST_END.toSeconds() * 2, TimeUnit.SECONDS);
            }
            return answered;
        } finally {
            attacking.shutdownNow();
            stalled.shutdownNow();
            clients.shutdownNow();
        }
    }

    private void attackOnce(Attacker attacker) {
        long begin = System.nanoTime();
        try {
            attacker.run();
        } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
            faults.add("seed " + SEED + ", " + attacker + ": " + e);
        }
        Time time = new Time(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin), attacker);
        times.add(time);
        if (time.millis > LONGEST_ATTACK.toMillis()) {
            faults.add("seed " + SEED + ", " + attacker + " took " + time.millis + " ms");
        }
    }
}
