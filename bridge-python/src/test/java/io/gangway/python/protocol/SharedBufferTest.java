package io.gangway.python.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Decoders that share a buffer take turns with it, and none gets the bytes of another. */
class SharedBufferTest {
    private static final int FRAMES = 200;

    @ParameterizedTest
    @ValueSource(ints = {64, 1_000, 65_536})
    void each_decoder_gives_its_own_frames_whatever_pieces_come_and_wherever_a_turn_ends(int size) throws IOException {
        ByteBuffer shared = ByteBuffer.allocateDirect(size);
        Random random = new Random(size);
        List<Side> sides = List.of(new Side(shared, random), new Side(shared, random), new Side(shared, random));
        while (sides.stream().anyMatch(side -> side.got.size() < FRAMES)) {
            sides.get(random.nextInt(sides.size())).takeTurn();
        }
        for (Side side : sides) {
            assertThat(side.decoder.isBetweenFrames()).isTrue();
            for (int i = 0; i < FRAMES; i++) {
                assertThat(side.got.get(i)).isEqualTo(side.payloads.get(i));
            }
        }
    }

    @Test
    void a_decoder_with_a_buffer_of_its_own_goes_on_where_the_shared_one_ended() throws IOException {
        ByteBuffer shared = ByteBuffer.allocateDirect(64);
        byte[] two = new byte[2 * 7];
        for (int i = 0; i < 2; i++) {
            byte[] frame = FrameEncoder.bytes(FrameType.DATA, new byte[] {(byte) i, 5}, 0, 2);
            System.arraycopy(frame, 0, two, i * frame.length, frame.length);
        }
        FrameDecoder first = new FrameDecoder(shared);
        first.receive(space -> {
            space.put(two, 0, 10);
            return 10;
        });
        assertThat(first.next()).isNotNull();
        first.keep();
        FrameDecoder own = first.withOwnBuffer();
        shared.clear().put(new byte[64]);
        assertThat(own.next()).isNull();
        own.receive(space -> {
            space.put(two, 10, 4);
            return 4;
        });
        assertThat(own.next()).extracting(Frame::payload).isEqualTo(new byte[] {1, 5});
        assertThatThrownBy(() -> incomplete(shared).withOwnBuffer()).isInstanceOf(IllegalStateException.class);
    }

    private static FrameDecoder incomplete(ByteBuffer shared) throws IOException {
        FrameDecoder decoder = new FrameDecoder(shared);
        decoder.receive(space -> {
            space.put(FrameEncoder.bytes(FrameType.DATA, new byte[3], 0, 3), 0, 6);
            return 6;
        });
        assertThat(decoder.next()).isNull();
        return decoder;
    }

    /** One connection: the bytes that its peer sends, in pieces. */
    private static final class Side {
        private final FrameDecoder decoder;
        private final Random random;
        private final List<byte[]> payloads = new ArrayList<>();
        private final List<byte[]> got = new ArrayList<>();
        private final byte[] sent;
        private int at;

        Side(ByteBuffer shared, Random random) {
            this.decoder = new FrameDecoder(shared);
            this.random = random;
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (int i = 0; i < FRAMES; i++) {
                byte[] payload = new byte[random.nextInt(random.nextInt(3_000) + 1)];
                random.nextBytes(payload);
                payloads.add(payload);
                all.writeBytes(FrameEncoder.bytes(FrameType.DATA, payload, 0, payload.length));
            }
            sent = all.toByteArray();
        }

        /** Decodes all that is there, or pauses before. Only a decoder that has given null receives. */
        void takeTurn() throws IOException {
            Frame frame = decoder.next();
            if (frame == null) {
                decoder.receive(this::receive);
                frame = decoder.next();
            }
            while (frame != null) {
                got.add(frame.payload());
                frame = random.nextInt(4) == 0 ? null : decoder.next();
            }
            decoder.keep();
        }

        private int receive(ByteBuffer space) {
            int count = Math.min(Math.min(space.remaining(), sent.length - at), 1 + random.nextInt(2_000));
            space.put(Arrays.copyOfRange(sent, at, at + count));
            at += count;
            return count;
        }
    }
}
