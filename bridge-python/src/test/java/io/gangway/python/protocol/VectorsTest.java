package io.gangway.python.protocol;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.python.protocol.ExchangeState.Event;
import io.gangway.python.protocol.FrameEncoder.UnencodableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** This end of the protocol agrees with the workers' end: both are tested with these vectors. */
class VectorsTest {
    static Stream<Arguments> frames() {
        return Vectors.of("frames.tsv");
    }

    static Stream<Arguments> refused() {
        return Vectors.of("refused.tsv");
    }

    static Stream<Arguments> streams() {
        return Vectors.of("streams.tsv");
    }

    static Stream<Arguments> malformed() {
        return Vectors.of("malformed.tsv");
    }

    static Stream<Arguments> exchanges() {
        return Vectors.of("exchanges.tsv");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("frames")
    void encodes_and_decodes(String name, FrameType type, String carries, String encoded) throws IOException {
        assertThat(HexFormat.of().formatHex(Vectors.encoded(type, carries))).isEqualTo(encoded);
        FrameDecoder decoder = new FrameDecoder();
        decoder.receive(Vectors.source(ByteBuffer.wrap(HexFormat.of().parseHex(encoded)), Integer.MAX_VALUE));
        Frame frame = requireNonNull(decoder.next());
        assertThat(frame.type()).isEqualTo(type);
        String[] parts = carries.split(":", 2);
        if (parts[0].equals("fields")) {
            assertThat(frame.fields()).isEqualTo(Vectors.fields(parts[1]));
        } else if (parts[0].equals("request")) {
            assertThat(frame.requestFields()).isEqualTo(Vectors.fields(parts[1].split(":", 3)[2]));
        } else {
            assertThat(frame.payload()).isEqualTo(Vectors.bytes(parts[1]));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void refuses_to_encode(String name, FrameType type, String carries) {
        assertThatThrownBy(() -> Vectors.encoded(type, carries))
                .isInstanceOf(UnencodableException.class)
                .hasMessageContaining(type.name());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("streams")
    void decodes_whatever_the_pieces(String name, String chunks, String frames, String ending) throws IOException {
        FrameDecoder decoder = new FrameDecoder();
        List<String> found = new ArrayList<>();
        String ended = "";
        try {
            for (String chunk : words(chunks)) {
                ByteBuffer left = ByteBuffer.wrap(Vectors.bytes(chunk));
                while (left.hasRemaining()) {
                    decoder.receive(Vectors.source(left, Integer.MAX_VALUE));
                    for (Frame frame = decoder.next(); frame != null; frame = decoder.next()) {
                        found.add(frame.type() + "=" + HexFormat.of().formatHex(frame.payload()));
                    }
                }
            }
            ended = decoder.isBetweenFrames() ? "whole" : "partial";
        } catch (ProtocolException e) {
            ended = "error";
        }
        assertThat(found)
                .isEqualTo(words(frames).stream().map(VectorsTest::expanded).toList());
        assertThat(ended).isEqualTo(ending);
    }

    private static List<String> words(String column) {
        return column.equals("-") ? List.of() : Arrays.asList(column.split(" "));
    }

    private static String expanded(String frame) {
        String[] parts = frame.split("=", 2);
        return parts[0] + "=" + HexFormat.of().formatHex(Vectors.bytes(parts[1]));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void refuses_a_payload(String name, FrameType type, String payload) {
        Frame frame = new Frame(type, Vectors.bytes(payload));
        assertThatThrownBy(() -> {
                    if (type == FrameType.REQUEST) {
                        frame.requestFields();
                    } else {
                        frame.fields();
                    }
                })
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining(type.name());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("exchanges")
    void keeps_the_table(String name, String events, String expected) throws ProtocolException {
        ExchangeState state = new ExchangeState();
        List<String> all = words(events);
        for (String event : all.subList(0, all.size() - 1)) {
            state.take(event(event));
        }
        ProtocolException refusal = refusal(state, event(all.get(all.size() - 1)));
        if (expected.equals("error")) {
            assertThat(refusal).isNotNull().hasMessageContaining(" out of place: the body is ");
            assertThat(state.body()).isEqualTo(ExchangeState.Body.CLOSED);
        } else {
            assertThat(refusal).isNull();
            assertThat((state.body() + " " + state.response()).toLowerCase(Locale.ROOT))
                    .isEqualTo(expected);
        }
    }

    private static @Nullable ProtocolException refusal(ExchangeState state, Event event) {
        try {
            state.take(event);
            return null;
        } catch (ProtocolException e) {
            return e;
        }
    }

    private static Event event(String written) {
        return switch (written) {
            case "FILE_REPLY(sent)" -> Event.FILE_SENT;
            case "FILE_REPLY(refused)" -> Event.FILE_REFUSED;
            default -> Event.valueOf(written.replace("(", "_").replace(")", "").toUpperCase(Locale.ROOT));
        };
    }
}
