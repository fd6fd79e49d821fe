package io.gangway.deploy;

import static java.util.Collections.disjoint;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Finds the name that was probably meant by a misspelt one. */
public final class Nearest {
    /** One typing error is allowed for each three characters; with more errors, the suggestion would often be wrong. */
    private static final int CHARACTERS_PER_ERROR = 3;

    /** As many names as one reads at a glance. */
    private static final int FEW = 3;

    private Nearest() {}

    /**
     * The candidate with the fewest typing errors, if they are few enough; case does not matter.
     *
     * @param written the misspelt name
     * @param candidates the names that there are
     * @return empty if none of them was probably meant
     */
    public static Optional<String> to(String written, Collection<String> candidates) {
        return candidates.stream()
                .sorted()
                .min(Comparator.comparingInt(candidate -> errors(written, candidate)))
                .filter(candidate -> errors(written, candidate)
                        <= Math.max(1, Math.min(written.length(), candidate.length()) / CHARACTERS_PER_ERROR));
    }

    /** The few candidates that come nearest, however far they are: those that share a word first. */
    static List<String> few(String written, Collection<String> candidates) {
        Set<String> words = words(written);
        return candidates.stream()
                .sorted(Comparator.<String, Boolean>comparing(candidate -> disjoint(words(candidate), words))
                        .thenComparing(candidate -> errors(written, candidate))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(FEW)
                .toList();
    }

    /** The words of a name. Each name begins with the same one, which says nothing. */
    private static Set<String> words(String name) {
        Set<String> words = new HashSet<>(List.of(name.toLowerCase(Locale.ROOT).split("[-._]+")));
        words.removeAll(Set.of("gangway", "name", ""));
        return words;
    }

    /** Optimal string alignment: an error is an additional, missing or wrong character, or two swapped ones. */
    private static int errors(String one, String other) {
        String a = one.toLowerCase(Locale.ROOT);
        String b = other.toLowerCase(Locale.ROOT);
        int[][] errors = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                errors[i][j] = i == 0 || j == 0 ? i + j : step(errors, a, b, i, j);
            }
        }
        return errors[a.length()][b.length()];
    }

    private static int step(int[][] errors, String a, String b, int i, int j) {
        int wrong = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int best = Math.min(errors[i - 1][j - 1] + wrong, Math.min(errors[i - 1][j], errors[i][j - 1]) + 1);
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(best, errors[i - 2][j - 2] + 1) : best;
    }
}
