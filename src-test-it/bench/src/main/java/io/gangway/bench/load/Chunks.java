package io.gangway.bench.load;

/** The framing of a chunked body (RFC 9112, section 7.1), byte by byte between the chunks' data. */
final class Chunks {
    private enum State {
        SIZE,
        EXTENSION,
        DATA_END,
        TRAILER,
        TRAILER_LINE
    }

    private State state = State.SIZE;
    private long size;
    private long remaining;
    private int digits;

    void reset() {
        state = State.SIZE;
        size = 0;
        remaining = 0;
        digits = 0;
    }

    /** Bytes of the current chunk's data that are still to come. */
    long remaining() {
        return remaining;
    }

    void consumed(int count) {
        remaining -= count;
    }

    /**
     * Takes one byte that is not data.
     *
     * @return whether it was the last one of the body
     */
    boolean read(byte next) throws BadAnswer {
        switch (state) {
            case SIZE -> readSize(next);
            case EXTENSION -> {
                if (next == '\n') {
                    begin();
                }
            }
            case DATA_END -> {
                if (next == '\n') {
                    state = State.SIZE;
                } else if (next != '\r') {
                    throw new BadAnswer("a chunk that is longer than its size");
                }
            }
            case TRAILER -> {
                if (next == '\n') {
                    return true;
                }
                if (next != '\r') {
                    state = State.TRAILER_LINE;
                }
            }
            case TRAILER_LINE -> {
                if (next == '\n') {
                    state = State.TRAILER;
                }
            }
        }
        return false;
    }

    private void readSize(byte next) throws BadAnswer {
        int digit = Character.digit(next, 16);
        if (digit >= 0) {
            size = size * 16 + digit;
            digits++;
        } else if (digits == 0 || digits > 15) {
            throw new BadAnswer("a chunk without a valid size");
        } else if (next == '\n') {
            begin();
        } else {
            state = State.EXTENSION;
        }
    }

    private void begin() {
        remaining = size;
        state = size == 0 ? State.TRAILER : State.DATA_END;
        size = 0;
        digits = 0;
    }
}
