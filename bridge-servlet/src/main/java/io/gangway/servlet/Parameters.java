package io.gangway.servlet;

import java.util.Enumeration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Init-params and context-params as a map; the Servlet API gives the names as an enumeration, and each value by its name. */
final class Parameters {
    private Parameters() {}

    static Map<String, String> of(Enumeration<String> names, Function<String, String> lookup) {
        Map<String, String> parameters = new TreeMap<>();
        names.asIterator().forEachRemaining(name -> parameters.put(name, lookup.apply(name)));
        return parameters;
    }
}
