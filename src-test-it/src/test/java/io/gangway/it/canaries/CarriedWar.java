package io.gangway.it.canaries;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A WAR that {@code gangway war} builds, with the command as it was packaged. */
final class CarriedWar {
    private CarriedWar() {}

    /** The command. */
    static Path command() {
        return Places.target()
                .resolveSibling("../bridge-cli/target/gangway.jar")
                .normalize();
    }

    /** Builds one; the options are those of the command. */
    static Path build(Path directory, Path output, String application, String... options)
            throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-jar",
                command().toString(),
                "war",
                application,
                "-o",
                output.toString()));
        arguments.addAll(Arrays.asList(options));
        Command.run(directory, Map.of(), arguments.toArray(String[]::new)).succeeded();
        return output;
    }
}
