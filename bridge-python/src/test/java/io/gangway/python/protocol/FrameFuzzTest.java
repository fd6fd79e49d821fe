package io.gangway.python.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** Any frames, in any pieces, are decoded unchanged, and no bytes do more than end the connection. */
class FrameFuzzTest {
    private static final List<FrameType> TYPES = List.of(FrameType.values());
    private static final List<ExchangeState.Event> EVENTS = List.of(ExchangeState.Event.values());

    @RepeatedTest(50)
    void frames_survive_any_pieces(RepetitionInfo repetition) throws IOException {
        Random random = new Random(repetition.getCurrentRepetition());
        List<String> sent = new ArrayList<>();
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        for (int i = 0; i < 30; i++) {
            FrameType type = TYPES.get(random.nextInt(TYPES.size()));
            byte[] payload = new byte[random.nextInt(10) == 0 ? random.nextInt(200_000) : random.nextInt(200)];
            random.nextBytes(payload);
            sent.add(told(type, payload));
            wire.writeBytes(FrameEncoder.bytes(type, payload, 0, payload.length));
        }
        FrameDecoder decoder = new FrameDecoder();
        List<String> received = new ArrayList<>();
        ByteBuffer left = ByteBuffer.wrap(wire.toByteArray());
        while (decoder.receive(Vectors.source(left, 1 + random.nextInt(10_000))) >= 0) {
            for (Frame frame = decoder.next(); frame != null; frame = decoder.next()) {
                received.add(told(frame.type(), frame.payload()));
            }
        }
        assertThat(received).isEqualTo(sent);
        assertThat(decoder.isBetweenFrames()).isTrue();
    }

    private static String told(FrameType type, byte[] payload) {
        return type + " " + payload.length + " " + Arrays.hashCode(payload);
    }

    @RepeatedTest(200)
    void noise_ends_in_nothing_worse_than_a_protocol_exception(RepetitionInfo repetition) throws IOException {
        Random random = new Random(repetition.getCurrentRepetition());
        byte[] noise = new byte[1 + random.nextInt(500)];
        random.nextBytes(noise);
        noise[0] = (byte) random.nextInt(0x40); // mostly types, or the first byte would end it all
        FrameDecoder decoder = new FrameDecoder();
        ExchangeState state = new ExchangeState();
        ByteBuffer left = ByteBuffer.wrap(noise);
        try {
            while (decoder.receive(Vectors.source(left, 100)) >= 0) {
                for (Frame frame = decoder.next(); frame != null; frame = decoder.next()) {
                    frame.fields();
                    state.take(EVENTS.get(random.nextInt(EVENTS.size())));
                }
            }
        } catch (ProtocolException e) {
            assertThat(e).hasMessageMatching("(?s).*(frame|field|out of place).*");
        }
    }
}
