package io.gangway.exchange;

import static java.util.Objects.requireNonNull;

/** One whole message of a WebSocket (RFC 6455, section 5.6). */
public sealed interface WebSocketMessage {
    /**
     * The payload's length.
     *
     * @return bytes, as they are on the wire before any compression
     */
    long size();

    /**
     * Text.
     *
     * @param text any Unicode, without unpaired surrogates
     */
    record Text(String text) implements WebSocketMessage {
        /** Checks that it is there. */
        public Text {
            requireNonNull(text, "text");
        }

        @Override
        public long size() {
            long size = text.length();
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c >= 0x80) {
                    // A surrogate is half of a character of four bytes.
                    size += c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
                }
            }
            return size;
        }
    }

    /**
     * Bytes.
     *
     * @param data not copied: nobody may change them any more
     */
    @SuppressWarnings(
            "ArrayRecordComponent") // messages are not compared, and a copy would cost more than the rest of the way
    record Binary(byte[] data) implements WebSocketMessage {
        /** Checks that they are there. */
        public Binary {
            requireNonNull(data, "data");
        }

        @Override
        public long size() {
            return data.length;
        }
    }
}
