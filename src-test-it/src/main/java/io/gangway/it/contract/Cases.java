package io.gangway.it.contract;

import java.util.List;
import java.util.stream.Stream;

/** All cases, in the order of the rules. */
public final class Cases {
    private Cases() {}

    /** The cases; made anew, for each has its own lambdas. */
    public static List<Case> all() {
        return Stream.of(CallCases.all(), BodyCases.all()).flatMap(List::stream).toList();
    }
}
