package io.gangway.middleware;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A list with weights: the value of a header such as Accept or Accept-Encoding (RFC 9110, section 12.4.2).
 *
 * <p>Lenient: a member whose weight is malformed counts as refused, and parameters other than the weight are ignored.
 */
final class QualityValues {
    /** Maximum number of members that are read; the longest list that browsers send has about ten. */
    private static final int MAX_MEMBERS = 32;

    /** The weight of a value that is not in the list. */
    static final double ABSENT = -1;

    private record Member(String value, double weight) {}

    private final List<Member> members = new ArrayList<>();

    QualityValues(String header) {
        for (String text : header.split(",", MAX_MEMBERS + 1)) {
            String[] parts = text.split(";", -1);
            String value = parts[0].strip().toLowerCase(Locale.ROOT);
            if (!value.isEmpty() && members.size() < MAX_MEMBERS) {
                members.add(new Member(value, weight(parts)));
            }
        }
    }

    /**
     * The weight of a value.
     *
     * @param value in lower case
     * @return 0 (refused) to 1, or {@link #ABSENT}
     */
    double of(String value) {
        for (Member member : members) {
            if (member.value().equals(value)) {
                return member.weight();
            }
        }
        return ABSENT;
    }

    private static double weight(String[] parts) {
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip().toLowerCase(Locale.ROOT);
            if (parameter.startsWith("q=")) {
                String weight = parameter.substring(2);
                return weight.matches("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?") ? Double.parseDouble(weight) : 0;
            }
        }
        return 1;
    }
}
