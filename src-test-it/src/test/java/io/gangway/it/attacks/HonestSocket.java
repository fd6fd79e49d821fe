package io.gangway.it.attacks;

import io.gangway.it.websocket.RawWebSocket;
import java.io.IOException;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A client that talks through one WebSocket after the other, and checks each byte that it hears. */
final class HonestSocket {
    private static final int LONGEST_TALK = 20;

    /** Leaves the processors to the attackers and the server. */
    private static final int LONGEST_PAUSE_MILLIS = 40;

    private static final int LARGEST = 100_000;

    /** The numbers of a client, which no other client and no attack has. */
    private static final int NUMBERS = 1_000_000;

    private final Mount mount;
    private final int client;
    private final Random random;
    private final Queue<String> faults;
    private int heard;

    HonestSocket(Mount mount, int client, long seed, Queue<String> faults) {
        this.mount = mount;
        this.client = client;
        this.random = new Random(seed + client);
        this.faults = faults;
    }

    /**
     * Talks until it is over, or until the first fault.
     *
     * @return how many messages it heard
     */
    int talk(BooleanSupplier isOver) {
        int number = NUMBERS * (1 + client);
        try {
            while (!isOver.getAsBoolean()) {
                talk(++number, isOver);
            }
        } catch (IOException | AssertionError | RuntimeException | InterruptedException e) {
            faults.add("honest WebSocket " + number + " (" + mount + ") after " + heard + " messages: " + e);
        }
        return heard;
    }

    private void talk(int number, BooleanSupplier isOver) throws IOException, InterruptedException {
        try (NumberedSocket socket = NumberedSocket.ask(mount, number, random.nextBoolean(), false)) {
            socket.accepted();
            for (int said = random.nextInt(LONGEST_TALK); said >= 0 && !isOver.getAsBoolean(); said--) {
                TimeUnit.MILLISECONDS.sleep(random.nextInt(LONGEST_PAUSE_MILLIS));
                switch (random.nextInt(4)) {
                    case 0 -> socket.talk("word " + said);
                    case 1 -> sayBytes(socket, number, 1 + random.nextInt(LARGEST));
                    case 2 -> sayBytes(socket, number, 1 + random.nextInt(100));
                    default -> flood(socket);
                }
                heard++;
            }
            if (random.nextBoolean()) {
                socket.say("bye");
                socket.hearsClose(4000);
            } else {
                socket.sendClose(1000);
                socket.hearsClose(1000);
            }
        }
    }

    private static void sayBytes(NumberedSocket socket, int number, int size) throws IOException {
        byte[] message = TestRequest.pattern(number, size);
        socket.send(RawWebSocket.bytes(false, RawWebSocket.BINARY, message));
        socket.send(RawWebSocket.bytes(true, RawWebSocket.CONTINUATION, new byte[0]));
        socket.hearsBytes(size);
    }

    private static void flood(NumberedSocket socket) throws IOException {
        socket.say("flood");
        for (int i = 0; i < AttackedAsgi.FLOOD; i++) {
            socket.hearsBytes(Marks.BLOCK);
        }
    }
}
