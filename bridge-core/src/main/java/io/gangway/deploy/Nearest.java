package io.gangway.deploy;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds what somebody probably meant to write. */
final class Nearest {
    /** One slip in so many characters is still taken for the same name: fewer would suggest what nobody meant. */
    private static final int CHARACTERS_PER_SLIP = 3;

    private Nearest() {}

    /** The candidate with the fewest slips from what was written, if they are few enough; case does not matter. */
    static Optional<String> to(String written, Collection<String> candidates) {
        return candidates.stream()
                .sorted()
                .min(Comparator.comparingInt(candidate -> slips(written, candidate)))
                .filter(candidate -> slips(written, candidate)
                        <= Math.max(1, Math.min(written.length(), candidate.length()) / CHARACTERS_PER_SLIP));
    }

    /** Optimal string alignment: a slip is a character too many, too few or wrong, or two of them swapped. */
    private static int slips(String one, String other) {
        String a = one.toLowerCase(Locale.ROOT);
        String b = other.toLowerCase(Locale.ROOT);
        int[][] slips = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                slips[i][j] = i == 0 || j == 0 ? i + j : step(slips, a, b, i, j);
            }
        }
        return slips[a.length()][b.length()];
    }

    private static int step(int[][] slips, String a, String b, int i, int j) {
        int wrong = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int best = Math.min(slips[i - 1][j - 1] + wrong, Math.min(slips[i - 1][j], slips[i][j - 1]) + 1);
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(best, slips[i - 2][j - 2] + 1) : best;
    }
}
