package io.gangway.cli.war;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.python.bundle.BundleDescription;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The packages of an application, as they go into the archive.
 *
 * @param version the version of Python that they were installed for
 * @param files the contents of {@code site-packages}
 * @param changed contents that differ from the file's, by path
 */
record Packages(Optional<String> version, SortedMap<String, Path> files, Map<String, byte[]> changed) {
    /** What belongs to the environment and not to the application. */
    private static final Pattern TOOLS =
            Pattern.compile("(pip|_distutils_hack|gangway_server|gangway_launcher)(-.*)?|distutils-precedence\\.pth");

    private static final Pattern COMPILED = Pattern.compile("(.*/)?__pycache__/.*|.*\\.pyc");

    /** Names of the installing machine, which would also make every build different. */
    private static final Pattern MACHINE = Pattern.compile("[^/]+\\.dist-info/direct_url\\.json|\\.lock");

    static Packages none() {
        return new Packages(Optional.empty(), new TreeMap<>(), Map.of());
    }

    /** The packages in a directory like {@code site-packages}. */
    static Packages in(Path directory, String version) throws IOException {
        SortedMap<String, Path> files = new TreeMap<>();
        Map<String, byte[]> changed = new TreeMap<>();
        try (Stream<Path> found = Files.walk(directory)) {
            for (Path file : found.filter(Files::isRegularFile).toList()) {
                String name = directory.relativize(file).toString().replace('\\', '/');
                String top = name.split("/", 2)[0];
                if (COMPILED.matcher(name).matches()
                        || MACHINE.matcher(name).matches()
                        || TOOLS.matcher(top).matches()
                        || top.equals("bin")) {
                    continue;
                }
                refuseEditable(name, file);
                files.put(name, file);
                if (name.endsWith(".dist-info/RECORD")) {
                    changed.put(name, withoutPrograms(file));
                }
            }
        }
        return new Packages(Optional.of(version), files, changed);
    }

    private static void refuseEditable(String name, Path file) throws IOException {
        boolean isEditable = name.startsWith("__editable__")
                || (name.endsWith(".pth")
                        && !name.contains("/")
                        && Files.readAllLines(file).stream().anyMatch(line -> line.startsWith("/")));
        if (isEditable) {
            throw new WarException("the virtual environment has a package whose code is elsewhere (" + name
                    + "). Fix: install it without -e, or name its directory with --include");
        }
    }

    /** Programs are not carried, and their lines name the interpreter that installed them. */
    private static byte[] withoutPrograms(Path record) throws IOException {
        return Files.readAllLines(record, UTF_8).stream()
                .filter(line -> !line.startsWith("../") && !line.startsWith("bin/") && !line.contains("__pycache__/"))
                .filter(line -> !line.contains("direct_url.json"))
                .sorted()
                .collect(Collectors.joining("\n", "", "\n"))
                .getBytes(UTF_8);
    }

    boolean isEmpty() {
        return files.isEmpty();
    }

    /** Whether a module or package is among them. */
    boolean has(String module) {
        return files.keySet().stream().anyMatch(name -> name.equals(module + ".py") || name.startsWith(module + "/"));
    }

    byte[] content(String name) throws IOException {
        byte[] other = changed.get(name);
        return other != null ? other : Files.readAllBytes(Objects.requireNonNull(files.get(name), name));
    }

    /** The description of the archive in which they are below a directory. */
    BundleDescription description(String prefix, List<String> executables, Map<String, String> statics)
            throws IOException {
        Map<String, String> wheels = new TreeMap<>();
        List<String> programs = new ArrayList<>(executables);
        for (Map.Entry<String, Path> file : files.entrySet()) {
            if (file.getKey().endsWith(".dist-info/WHEEL")) {
                List<String> tags = Files.readAllLines(file.getValue()).stream()
                        .filter(line -> line.startsWith("Tag: "))
                        .map(line -> line.substring("Tag: ".length()).strip())
                        .toList();
                if (!tags.isEmpty() && tags.stream().noneMatch(tag -> tag.endsWith("-any"))) {
                    wheels.put(file.getKey().replaceFirst("\\.dist-info/WHEEL$", ""), String.join(" ", tags));
                }
            }
            if (Files.isExecutable(file.getValue()) && !file.getKey().matches(".*\\.(py|so|so\\..*)")) {
                programs.add(prefix + file.getKey());
            }
        }
        return new BundleDescription(version.filter(it -> !isEmpty()), wheels, programs, statics);
    }
}
