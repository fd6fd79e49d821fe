package io.gangway.cli.war;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What to build.
 *
 * @param application the value of {@code gangway.application}, for example {@code python:shop:app}
 * @param directory the application's directory: includes are relative to it
 * @param output the file to write
 * @param includes files and directories with the application's code; if there are none, its top-level package or module
 * @param requirements a requirements file whose packages are installed
 * @param venv a virtual environment whose packages are copied
 * @param python the interpreter that installs packages
 * @param pythonVersion the version of Python that packages are installed for, if not the interpreter's
 * @param platforms the platforms that packages are installed for, as pip names them; if there are none, this machine's
 * @param statics for each path below which static files are served, their directory
 * @param settings the settings of the deployment, by their names with {@code gangway.}
 */
public record WarRequest(
        String application,
        Path directory,
        Path output,
        List<String> includes,
        Optional<Path> requirements,
        Optional<Path> venv,
        String python,
        Optional<String> pythonVersion,
        List<String> platforms,
        SortedMap<String, Path> statics,
        Map<String, String> settings) {
    /** Copies the collections. */
    public WarRequest {
        includes = List.copyOf(includes);
        platforms = List.copyOf(platforms);
        statics = Collections.unmodifiableSortedMap(new TreeMap<>(statics));
        settings = Map.copyOf(settings);
    }
}
