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

    /** Builds one; the options are those of the command. */
    static Path build(Path directory, Path output, String application, String... options)
            throws IOException, InterruptedException {
        Path jar = Places.target()
                .resolveSibling("../bridge-cli/target/gangway.jar")
                .normalize();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                jar.toString(),
                "war",
                application,
                "-o",
                output.toString()));
        command.addAll(Arrays.asList(options));
        Command.run(directory, Map.of(), command.toArray(String[]::new)).succeeded();
        return output;
    }
}
