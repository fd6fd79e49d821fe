package io.gangway.python.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.sun.management.ThreadMXBean;
import io.gangway.python.protocol.ExchangeState.Body;
import io.gangway.python.protocol.ExchangeState.Event;
import io.gangway.python.protocol.ExchangeState.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;

/**
 * Properties of the codec and the state table that hold for any bytes that a peer sends.
 *
 * <p>The build tries the inputs in {@code CodecFuzzTestInputs}; CONTRIBUTING.md says how Jazzer searches for more.
 */
class CodecFuzzTest {
    /** The first bytes of an input: they give the sizes of the pieces in which the others come. */
    private static final int SIZES = 2;

    /** Max bytes of memory for one byte of input: an empty frame has five of them, and is three objects. */
    private static final long MAX_FOR_EACH = 128;

    /** One payload of the max size, and as much again for the decoder's buffer and an exception. */
    private static final long MAX_AT_ONCE = 2L * Frame.MAX_PAYLOAD;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** docs/worker-protocol.md, "One exchange": the request's body; a late answer to PULL closes the connection. */
    private static final Conversation BODY = new Conversation(
            "REUWbfeapZAlcx",
            "l|El*[ZA]|Rl*(?:pl*[bf]l*)*(?:pl*[ea]l*)?[ZA]|Ub*(?:[ea]l*[ZA]|[ZA]b*[ea])|Wc*(?:x[ZA]|[ZA]c*x)",
            "Rl*(?:pl*[bf]l*)*pl*[ZA]");

    /** The same of the response; ABORT behind a head closes the connection. */
    private static final Conversation RESPONSE = new Conversation(
            "REUWHDFsrZACmXTt",
            "[REU](?:A|H(?:D|Fr)*(?:Fs)?Z|TD*tZ)|W(?:A|H(?:D|Fr)*(?:Fs)?Z|Cm*X?[ZA]|X[ZA])",
            "[REUW]H(?:D|Fr)*(?:Fs)?A|[REU]TD*t?A");

    /** Max events of an input: more would only repeat, and each one matches the conversations again. */
    private static final int MAX_EVENTS = 200;

    /** Runs the decoder once, so that memory for loading and instrumenting classes is not counted as the decoder's. */
    @BeforeAll
    static void load() throws IOException {
        Decoded.from(FrameEncoder.empty(FrameType.END), 1, 1);
        Decoded.from(new byte[Frame.HEADER_SIZE], 1, 1); // of an unknown type
    }

    @FuzzTest(maxDuration = "5m")
    void bytes_are_frames_or_a_protocol_exception(byte[] input) throws IOException {
        if (input.length < SIZES) {
            return;
        }
        byte[] wire = Arrays.copyOfRange(input, SIZES, input.length);
        long before = THREADS.getCurrentThreadAllocatedBytes();
        Decoded whole = Decoded.from(wire, Integer.MAX_VALUE, Integer.MAX_VALUE);
        long used = THREADS.getCurrentThreadAllocatedBytes() - before;
        assertThat(used).as("bytes of memory").isLessThan(MAX_AT_ONCE + MAX_FOR_EACH * wire.length);

        byte[] again = whole.encoded();
        assertThat(again).isEqualTo(Arrays.copyOf(wire, again.length));
        assertThat(whole.ended()).isEqualTo(whole.problem().isEmpty() && again.length == wire.length);
        for (Frame frame : whole.frames()) {
            checkFields(frame);
        }

        Decoded pieces = Decoded.from(wire, 1 + (input[0] & 0xff), 1 + (input[1] & 0xff) * 64);
        assertThat(pieces.encoded()).isEqualTo(again);
        assertThat(pieces.problem()).isEqualTo(whole.problem());
        assertThat(pieces.ended()).isEqualTo(whole.ended());
    }

    @FuzzTest(maxDuration = "5m")
    void events_are_taken_as_both_conversations_allow(byte[] input) {
        Event[] events = Event.values();
        ExchangeState state = new ExchangeState();
        StringBuilder taken = new StringBuilder();
        for (byte next : Arrays.copyOf(input, Math.min(input.length, MAX_EVENTS))) {
            Event event = events[(next & 0xff) % events.length];
            boolean allowed = isAllowed(taken, letter(event));
            assertThat(isTaken(state, event)).as("%s after %s", event, taken).isEqualTo(allowed);
            if (!allowed) {
                assertThat(state.body()).isEqualTo(Body.CLOSED);
                assertThat(state.response()).isEqualTo(Response.CLOSED);
                taken.append('!');
            } else {
                taken.append(letter(event));
            }
            assertThat(state.body() == Body.CLOSED).isEqualTo(state.response() == Response.CLOSED);
            assertThat(state.isIdle()).as("idle after %s", taken).isEqualTo(isIdle(taken));
        }
    }

    /** A frame's payload that can be decoded is encoded to the same bytes again. */
    private static void checkFields(Frame frame) {
        byte[] payload = frame.payload();
        byte[] bytes = FrameEncoder.bytes(frame.type(), payload, 0, payload.length);
        try {
            assertThat(FrameEncoder.fields(frame.type(), frame.fields())).isEqualTo(bytes);
        } catch (ProtocolException e) {
            assertThat(e).hasMessageStartingWith("a field of " + frame.type() + " is not ");
        }
        try {
            List<String> fields = frame.requestFields();
            assertThat(FrameEncoder.request(frame.type(), payload[0] & 0xff, payload[1], fields))
                    .isEqualTo(bytes);
        } catch (ProtocolException e) {
            assertThat(e).hasMessageContaining(frame.type().name());
        }
        try {
            assertThat(frame.wanted()).isPositive();
        } catch (ProtocolException e) {
            assertThat(e).hasMessageStartingWith(frame.type() + " ");
        }
    }

    /** For the conversations above. */
    private static char letter(Event event) {
        return switch (event) {
            case REQUEST -> 'R';
            case REQUEST_EMPTY -> 'E';
            case REQUEST_PUSHED -> 'U';
            case BODY -> 'b';
            case BODY_FILE -> 'f';
            case BODY_END -> 'e';
            case BODY_ABORT -> 'a';
            case FILE_SENT -> 's';
            case FILE_REFUSED -> 'r';
            case PULL -> 'p';
            case HEAD -> 'H';
            case DATA -> 'D';
            case FILE -> 'F';
            case END -> 'Z';
            case ABORT -> 'A';
            case LEFT -> 'l';
            case SCOPE_WEBSOCKET -> 'W';
            case ACCEPT -> 'C';
            case MESSAGE_CLIENT -> 'c';
            case MESSAGE_APPLICATION -> 'm';
            case CLOSE_CLIENT -> 'x';
            case CLOSE_APPLICATION -> 'X';
            case TRAILED_HEAD -> 'T';
            case TRAILERS -> 't';
        };
    }

    private static boolean isTaken(ExchangeState state, Event event) {
        try {
            state.take(event);
            return true;
        } catch (ProtocolException e) {
            assertThat(e).hasMessageStartingWith(event + " out of place: ");
            return false;
        }
    }

    private static boolean isAllowed(CharSequence taken, char next) {
        if (taken.toString().contains("!") || BODY.isOver(taken) || RESPONSE.isOver(taken)) {
            return false;
        }
        String longer = taken.toString() + next;
        return BODY.mayBegin(longer) && RESPONSE.mayBegin(longer);
    }

    private static boolean isIdle(CharSequence taken) {
        return BODY.isComplete(taken) && RESPONSE.isComplete(taken);
    }

    /** The frames of a decoder, and the exception that ended it. */
    private record Decoded(List<Frame> frames, String problem, boolean ended) {
        /** Decodes bytes that come in pieces of two sizes in turn. */
        static Decoded from(byte[] wire, int size, int otherSize) throws IOException {
            FrameDecoder decoder = new FrameDecoder();
            List<Frame> frames = new ArrayList<>();
            ByteBuffer left = ByteBuffer.wrap(wire);
            int maxBytes = size;
            try {
                while (decoder.receive(Vectors.source(left, maxBytes)) >= 0) {
                    maxBytes = maxBytes == size ? otherSize : size;
                    for (Frame frame = decoder.next(); frame != null; frame = decoder.next()) {
                        frames.add(frame);
                    }
                }
            } catch (ProtocolException e) {
                return new Decoded(frames, String.valueOf(e.getMessage()), false);
            }
            return new Decoded(frames, "", decoder.isBetweenFrames());
        }

        byte[] encoded() {
            ByteArrayOutputStream wire = new ByteArrayOutputStream();
            for (Frame frame : frames) {
                wire.writeBytes(FrameEncoder.bytes(frame.type(), frame.payload(), 0, frame.payload().length));
            }
            return wire.toByteArray();
        }
    }

    /** One of the two conversations on a connection as the language of its events: exchanges, and one that closes it. */
    private record Conversation(Pattern others, Pattern exchanges, Pattern language, Pattern over) {
        Conversation(String letters, String exchange, String closing) {
            this(
                    Pattern.compile("[^" + letters + "]"),
                    Pattern.compile("(?:" + exchange + ")*"),
                    Pattern.compile("(?:" + exchange + ")*(?:" + closing + ")?"),
                    Pattern.compile("(?:" + exchange + ")*(?:" + closing + ")"));
        }

        private String heard(CharSequence events) {
            return others.matcher(events).replaceAll("");
        }

        /** Whether events are the beginning of an allowed conversation. */
        boolean mayBegin(CharSequence events) {
            Matcher matcher = language.matcher(heard(events));
            return matcher.matches() || matcher.hitEnd();
        }

        boolean isComplete(CharSequence events) {
            return events.chars().noneMatch(c -> c == '!')
                    && exchanges.matcher(heard(events)).matches();
        }

        boolean isOver(CharSequence events) {
            return over.matcher(heard(events)).matches();
        }
    }
}
