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

    @Override
    public String[] getVersion() {
        return new String[] {
            "gangway " + gangway() + " (Jetty " + Jetty.VERSION + ", Java " + System.getProperty("java.version") + ")"
        };
    }
}
