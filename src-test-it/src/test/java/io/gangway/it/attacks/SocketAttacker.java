package io.gangway.it.attacks;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.gangway.it.websocket.RawWebSocket;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Performs one attack on a WebSocket: every message that it hears must have its number. */
final class SocketAttacker implements Attacker {
    /** The first number; those of the attacks on requests are below. */
    private static final int FIRST = 500_000;

    private static final Duration LONGEST_QUEUE = Duration.ofSeconds(60);
    private static final int LONGEST_PAUSE_MILLIS = 300;
    private static final List<Action> ACTIONS =
            List.of(Action.RESET_CONNECTION, Action.CLOSE, Action.HALF_CLOSE, Action.PAUSE, Action.STALL);

    private final int number;
    private final SocketState state;
    private final Action action;
    private final Mount mount;
    private final Journal journal;
    private final Random random;

    private SocketAttacker(int number, SocketState state, Action action, Mount mount, Journal journal, long seed) {
        this.number = number;
        this.state = state;
        this.action = action;
        this.mount = mount;
        this.journal = journal;
        this.random = new Random(seed);
    }

    /** So many in each state, on all mount points that have WebSockets, with every action. */
    static List<Attacker> all(int onEachState, AttackedServer server, Random random) {
        List<Attacker> all = new ArrayList<>();
        List<Mount> mounts = server.mounts().stream()
                .filter(mount -> mount.application().hasSockets())
                .toList();
        for (SocketState state : SocketState.values()) {
            List<Integer> ways = new ArrayList<>();
            for (int way = 0; way < onEachState; way++) {
                ways.add(way % (mounts.size() * ACTIONS.size()));
            }
            Collections.shuffle(ways, random);
            for (int way : ways) {
                all.add(new SocketAttacker(
                        FIRST + all.size(),
                        state,
                        ACTIONS.get(way % ACTIONS.size()),
                        mounts.get(way / ACTIONS.size()),
                        server.journal(),
                        random.nextLong()));
            }
        }
        return all;
    }

    @Override
    public boolean isLong() {
        return action.isLong();
    }

    @Override
    public boolean has(int other) {
        return other == number;
    }

    @Override
    public void run() throws IOException, InterruptedException {
        boolean isPending = state == SocketState.HANDSHAKE_PENDING;
        try (NumberedSocket socket = NumberedSocket.ask(mount, number, isPending, state == SocketState.IN_A_FLOOD)) {
            if (isPending) {
                journal.awaitSilence(number, LONGEST_QUEUE);
            } else {
                socket.accepted();
                socket.talk("hello");
            }
            byte[] rest = reach(socket);
            act(socket, rest);
        }
    }

    /** Returns the bytes that are left to be sent of a message. */
    private byte[] reach(NumberedSocket socket) throws IOException {
        switch (state) {
            case HANDSHAKE_PENDING, IDLE -> {}
            case IN_A_FRAME -> {
                byte[] frame = RawWebSocket.bytes(true, RawWebSocket.BINARY, TestRequest.pattern(number, size()));
                int cut = 1 + random.nextInt(frame.length - 1);
                socket.send(Arrays.copyOf(frame, cut));
                return Arrays.copyOfRange(frame, cut, frame.length);
            }
            case IN_A_MESSAGE -> {
                byte[] message = TestRequest.pattern(number, size());
                int cut = random.nextInt(message.length);
                socket.send(RawWebSocket.bytes(false, RawWebSocket.BINARY, Arrays.copyOf(message, cut)));
                return RawWebSocket.bytes(
                        true, RawWebSocket.CONTINUATION, Arrays.copyOfRange(message, cut, message.length));
            }
            case IN_A_FLOOD -> {
                socket.say("flood");
                socket.hearsBytes(Marks.BLOCK);
            }
            case CLOSED_BY_THE_CLIENT -> socket.sendClose(1000);
            case CLOSED_BY_THE_APPLICATION -> {
                socket.say("bye");
                socket.hearsClose(4000);
            }
        }
        return new byte[0];
    }

    private int size() {
        return 1_000 + random.nextInt(100_000);
    }

    private void act(NumberedSocket socket, byte[] rest) throws IOException, InterruptedException {
        switch (action) {
            case RESET_CONNECTION -> socket.reset();
            case CLOSE -> socket.close();
            case HALF_CLOSE -> {
                socket.halfClose();
                socket.readToEnd();
            }
            case PAUSE -> {
                MILLISECONDS.sleep(random.nextInt(LONGEST_PAUSE_MILLIS));
                goOn(socket, rest);
            }
            case STALL -> {
                MILLISECONDS.sleep(Container.IDLE_MILLIS + random.nextInt(LONGEST_PAUSE_MILLIS));
                if (state != SocketState.CLOSED_BY_THE_APPLICATION) { // Tomcat waits half a minute for the answer
                    socket.readToEnd();
                }
            }
            default -> throw new IllegalStateException(action.name());
        }
    }

    private void goOn(NumberedSocket socket, byte[] rest) throws IOException {
        switch (state) {
            case HANDSHAKE_PENDING -> socket.accepted();
            case IDLE -> {}
            case IN_A_FRAME, IN_A_MESSAGE -> {
                socket.send(rest);
                socket.hearsBytes(-1);
            }
            case IN_A_FLOOD -> {
                for (int heard = 1; heard < AttackedAsgi.FLOOD; heard++) {
                    socket.hearsBytes(Marks.BLOCK);
                }
            }
            case CLOSED_BY_THE_CLIENT -> {
                socket.hearsClose(1000);
                return;
            }
            case CLOSED_BY_THE_APPLICATION -> {
                try {
                    socket.sendClose(4000);
                } catch (SocketException e) {
                    // a server need not wait for the answer
                }
                socket.readToEnd();
                return;
            }
        }
        socket.talk("still here");
        socket.sendClose(1000);
        socket.hearsClose(1000);
    }

    @Override
    public String toString() {
        return "attack " + number + " (WebSocket, " + state + ", " + action + ", " + mount + ")";
    }
}
