package io.gangway.it;

import io.gangway.it.contract.Trait;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;

/** On which servers the cases about ASGI show each rule: all cases run on every server, except those that need what it lacks. */
public final class AsgiRuleTable {
    private AsgiRuleTable() {}

    /** What is known of a rule on a server: shown by a case, or not for a reason. */
    public record Cell(boolean isShown, Optional<String> reason) {}

    /** The servers, in the order of the cells. */
    public static List<String> servers() {
        return Arrays.stream(AsgiBackend.values()).map(AsgiBackend::toString).toList();
    }

    /** A rule on each server. */
    public static List<Cell> cells(String rule) {
        List<Method> cases = cases(rule);
        return Arrays.stream(AsgiBackend.values())
                .map(backend -> cell(cases, backend.lacks()))
                .toList();
    }

    private static Cell cell(List<Method> cases, Map<Trait, String> lacks) {
        List<String> reasons = new ArrayList<>();
        for (Method one : cases) {
            Needs needs = one.getAnnotation(Needs.class);
            String why = needs == null ? null : lacks.get(needs.value());
            if (why == null) {
                return new Cell(true, Optional.empty());
            }
            reasons.add(why);
        }
        return new Cell(false, reasons.stream().findFirst());
    }

    private static List<Method> cases(String rule) {
        List<Method> cases = new ArrayList<>();
        for (Class<?> type = AsgiSuite.class; type != Object.class; type = type.getSuperclass()) {
            for (Method method : type.getDeclaredMethods()) {
                if (Stream.of(method.getAnnotationsByType(Tag.class))
                        .anyMatch(tag -> tag.value().equals(rule))) {
                    cases.add(method);
                }
            }
        }
        return cases;
    }
}
