package io.gangway.bench.load;

import java.util.Arrays;

/** The time that each request took, in nanoseconds; exact, not rounded to the classes of a histogram. */
final class Latencies {
    private long[] nanos = new long[1 << 16];
    private int count;

    void add(long value) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * count);
        }
        nanos[count++] = value;
    }

    int count() {
        return count;
    }

    /** Sorts them; call it once, after the last {@link #add}. */
    void sort() {
        Arrays.sort(nanos, 0, count);
    }

    /** The nearest-rank percentile in microseconds, of sorted values; 0 if there is none. */
    double microseconds(double percent) {
        int rank = (int) Math.ceil(percent / 100 * count);
        return count == 0 ? 0 : nanos[Math.max(0, rank - 1)] / 1e3;
    }
}
