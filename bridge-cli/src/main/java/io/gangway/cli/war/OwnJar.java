package io.gangway.cli.war;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The executable jar that this command runs from.
 *
 * @param entries its files
 */
record OwnJar(SortedMap<String, byte[]> entries) {
    /** What a container needs: no server, no command line. */
    private static final Pattern BRIDGE =
            Pattern.compile("io/gangway/(?!cli/|servlet/jetty/).*|gangway_worker/.*|META-INF/services/io\\.gangway\\..*"
                    + "|META-INF/(LICENSE|NOTICE|THIRD-PARTY).*|META-INF/licenses/.*");

    /** Files of a WAR that carries an application: the command of such a WAR builds one for another application. */
    private static final Pattern OF_A_WAR = Pattern.compile("WEB-INF/.*|META-INF/context\\.xml|META-INF/MANIFEST\\.MF");

    static OwnJar running() throws IOException {
        CodeSource source = OwnJar.class.getProtectionDomain().getCodeSource();
        try {
            Path file =
                    source == null ? Path.of("") : Path.of(source.getLocation().toURI());
            if (!Files.isRegularFile(file)) {
                throw new WarException("gangway war needs the packaged gangway.jar, and this command runs from " + file
                        + ". Fix: build it with mvn -B package -DskipTests -pl bridge-cli -am");
            }
            return of(file);
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    static OwnJar of(Path file) throws IOException {
        SortedMap<String, byte[]> entries = new TreeMap<>();
        try (ZipFile jar = new ZipFile(file.toFile())) {
            for (ZipEntry entry : jar.stream().filter(it -> !it.isDirectory()).toList()) {
                if (!OF_A_WAR.matcher(entry.getName()).matches()) {
                    entries.put(entry.getName(), jar.getInputStream(entry).readAllBytes());
                }
            }
        }
        return new OwnJar(entries);
    }

    /** The part for {@code WEB-INF/lib}. */
    byte[] bridge() throws IOException {
        Archive jar = new Archive();
        for (var entry : entries.entrySet()) {
            if (BRIDGE.matcher(entry.getKey()).matches()) {
                jar.add(entry.getKey(), entry.getValue());
            }
        }
        return jar.toBytes();
    }
}
