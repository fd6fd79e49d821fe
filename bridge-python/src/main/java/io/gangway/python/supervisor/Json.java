package io.gangway.python.supervisor;

import static java.util.stream.Collectors.joining;

import io.gangway.wsgi.Escapes;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** Writes the small part of JSON that the launcher reads: objects of strings, numbers, booleans and lists of these. */
final class Json {
    private Json() {}

    static String object(Map<String, ?> members) {
        return new TreeMap<>(members)
                .entrySet().stream()
                        .map(member -> Escapes.json(member.getKey()) + ":" + value(member.getValue()))
                        .collect(joining(",", "{", "}"));
    }

    private static String value(Object value) {
        if (value instanceof Collection<?> list) {
            return list.stream().map(Json::value).collect(joining(",", "[", "]"));
        }
        return value instanceof Number || value instanceof Boolean ? value.toString() : Escapes.json(value.toString());
    }
}
