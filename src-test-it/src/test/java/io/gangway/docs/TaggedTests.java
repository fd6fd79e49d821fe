package io.gangway.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The test classes of all modules that are tagged with the number of a rule, as in {@code @Tag("A15")}. */
final class TaggedTests {
    private static final Pattern TAG = Pattern.compile("@Tag\\(\"(A\\d\\d)\"\\)");

    private final Map<String, Set<String>> classes = new TreeMap<>();

    private TaggedTests() {}

    static TaggedTests in(Path root) throws IOException {
        TaggedTests found = new TaggedTests();
        for (String module : new String[] {"bridge-core", "bridge-servlet", "bridge-python", "src-test-it"}) {
            try (Stream<Path> files = Files.walk(root.resolve(module).resolve("src/test/java"))) {
                for (Path file : files.filter(each -> each.toString().endsWith(".java"))
                        .sorted()
                        .toList()) {
                    found.read(file);
                }
            }
        }
        return found;
    }

    private void read(Path file) throws IOException {
        String name = file.getFileName().toString().replace(".java", "");
        Matcher tag = TAG.matcher(Files.readString(file));
        while (tag.find()) {
            classes.computeIfAbsent(tag.group(1), id -> new TreeSet<>()).add(name);
        }
    }

    /** The classes with a test of a rule. */
    Set<String> of(String id) {
        return classes.getOrDefault(id, Set.of());
    }

    /** The rules that have tests. */
    Set<String> ids() {
        return classes.keySet();
    }
}
