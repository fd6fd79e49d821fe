package io.gangway.it.contract;

import java.util.List;
import java.util.stream.Stream;

/** All cases, in the order of the rules. */
public final class Cases {
    private Cases() {}

    /** The cases; made anew, for each has its own lambdas. */
    public static List<Case> all() {
        return Stream.of(
                        CallCases.all(),
                        EnvironCases.all(),
                        PathCases.all(),
                        GatewayCases.all(),
                        InputCases.all(),
                        StartResponseCases.all(),
                        BodyCases.all(),
                        FaultyApplicationCases.all(),
                        FaultyRequestCases.all())
                .flatMap(List::stream)
                .toList();
    }
}
