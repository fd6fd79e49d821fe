package io.gangway.python.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/**
 * What an archive says about itself: the Python that its packages were installed for, and the files that are programs.
 *
 * @param python the version of Python, for example {@code 3.11}; empty if there are no packages, so that any version will do
 * @param wheels the packages with compiled code, and for each the tags of its wheel, separated by blanks (PEP 425)
 * @param executables the paths of files that may be executed, because an archive's reader does not get its permissions
 * @param statics for each path below which static files are served, their directory in the archive
 */
public record BundleDescription(
        Optional<String> python, Map<String, String> wheels, List<String> executables, Map<String, String> statics) {
    /** The format that this class writes; another one is refused. */
    private static final String FORMAT = "1";

    private static final String WHEEL = "wheel.";
    private static final String EXECUTABLE = "executable.";
    private static final String STATIC = "static.";

    /** Copies the collections. */
    public BundleDescription {
        wheels = Map.copyOf(wheels);
        executables = List.copyOf(executables);
        statics = Map.copyOf(statics);
    }

    /**
     * The description as a file of properties.
     *
     * @return the same bytes for the same description
     */
    public byte[] toBytes() {
        Map<String, String> lines = new TreeMap<>();
        lines.put("format", FORMAT);
        python.ifPresent(version -> lines.put("python", version));
        wheels.forEach((name, tags) -> lines.put(WHEEL + name, tags));
        for (int i = 0; i < executables.size(); i++) {
            lines.put(EXECUTABLE + i, executables.get(i));
        }
        statics.forEach((path, directory) -> lines.put(STATIC + path, directory));
        StringBuilder text = new StringBuilder();
        lines.forEach((name, value) ->
                text.append(escaped(name)).append('=').append(escaped(value)).append('\n'));
        return text.toString().getBytes(UTF_8);
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\")
                .replace("=", "\\=")
                .replace(":", "\\:")
                .replace(" ", "\\ ")
                .replace("#", "\\#")
                .replace("!", "\\!")
                .replace("\t", "\\t")
                .replace("\f", "\\f")
                .replace("\r", "\\r")
                .replace("\n", "\\n");
    }

    /**
     * Reads a description.
     *
     * @param content as {@link #toBytes} made it
     * @return the description
     * @throws IOException if it has another format
     */
    static BundleDescription of(byte[] content) throws IOException {
        Properties lines = new Properties();
        try {
            lines.load(new StringReader(new String(content, UTF_8)));
        } catch (IllegalArgumentException e) {
            throw new IOException("its description is not readable", e);
        }
        String format = lines.getProperty("format", "none");
        if (!format.equals(FORMAT)) {
            throw new IOException(
                    "its description has the format " + format + ", and this version of Gangway reads " + FORMAT);
        }
        Map<String, String> wheels = new TreeMap<>();
        List<String> executables = new ArrayList<>();
        Map<String, String> statics = new TreeMap<>();
        for (String name : lines.stringPropertyNames()) {
            String value = lines.getProperty(name);
            if (name.startsWith(WHEEL)) {
                wheels.put(name.substring(WHEEL.length()), value);
            } else if (name.startsWith(EXECUTABLE)) {
                executables.add(value);
            } else if (name.startsWith(STATIC)) {
                statics.put(name.substring(STATIC.length()), value);
            }
        }
        return new BundleDescription(Optional.ofNullable(lines.getProperty("python")), wheels, executables, statics);
    }
}
