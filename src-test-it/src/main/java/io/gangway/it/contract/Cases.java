package io.gangway.it.contract;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All cases, in the order of the rules. */
public final class Cases {
    private static final Map<String, Case> BY_NAME =
            all().stream().collect(Collectors.toUnmodifiableMap(Case::name, Function.identity()));

    private Cases() {}

    /** The case of this name, if there is one. */
    static Optional<Case> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /** New instances of the cases, because each has its own lambdas. */
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
                        FaultyRequestCases.all(),
                        ValidationCases.all())
                .flatMap(List::stream)
                .toList();
    }
}
