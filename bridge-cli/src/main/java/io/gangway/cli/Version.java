package io.gangway.cli;

import java.util.Optional;
import org.eclipse.jetty.util.Jetty;
import picocli.CommandLine.IVersionProvider;

/** The versions that {@code gangway --version} shows. */
final class Version implements IVersionProvider {
    /** Gangway's version, from the jar's manifest. */
    static String gangway() {
        return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                .orElse("(not packaged)");
    }

    /** The name of the operating system, and what Gangway is for on it. */
    static String system(String name) {
        if (name.startsWith("Windows")) {
            return name + " (not supported: the workers of Python applications need Linux, for example in WSL)";
        }
        return name.startsWith("Mac") ? "macOS (for development)" : name;
    }

    @Override
    public String[] getVersion() {
        return new String[] {
            "gangway " + gangway() + " (Jetty " + Jetty.VERSION + ", Java " + System.getProperty("java.version") + ")"
        };
    }
}
