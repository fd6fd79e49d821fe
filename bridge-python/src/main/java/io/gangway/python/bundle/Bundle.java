package io.gangway.python.bundle;

import static io.gangway.wsgi.RuleViolation.quote;

import io.gangway.deploy.DeploymentException;
import io.gangway.log.FileProblem;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * The archive in a web application with a Python application and its packages.
 *
 * <p>Its first entry is {@link #DESCRIPTION}. The code is below {@code app/}, the packages are below {@code lib/python3.X/site-packages/}, as in a virtual
 * environment, static files are below {@code static/N/}.
 */
public final class Bundle {
    /** The archive's name in {@code WEB-INF/classes}. */
    public static final String RESOURCE = "gangway/application.zip";

    /** The archive's name in the WAR. */
    public static final String IN_WAR = "WEB-INF/classes/" + RESOURCE;

    /** The name of the description in the archive. */
    public static final String DESCRIPTION = "gangway-bundle.properties";

    /** The directory of the application's code in the archive. */
    public static final String CODE = "app";

    /** The directory in the archive above those of static files. */
    public static final String STATIC = "static";

    private final URL location;
    private final BundleDescription description;

    private Bundle(URL location) throws IOException {
        this.location = location;
        try (InputStream opened = open();
                ZipInputStream archive = new ZipInputStream(opened)) {
            ZipEntry first = archive.getNextEntry();
            if (first == null || !first.getName().equals(DESCRIPTION)) {
                throw new IOException("it is no archive that gangway war made");
            }
            description = BundleDescription.of(archive.readAllBytes());
        }
    }

    /**
     * Finds the archive of a web application.
     *
     * @param classes the web application's class loader, or that of {@code java -jar shop.war}
     * @return empty if the web application carries no Python application
     * @throws DeploymentException if the archive cannot be read
     */
    public static Optional<Bundle> find(ClassLoader classes) {
        Optional<URL> found = Stream.of(RESOURCE, IN_WAR)
                .flatMap(name -> Stream.ofNullable(classes.getResource(name)))
                .findFirst();
        try {
            return found.isPresent() ? Optional.of(new Bundle(found.get())) : Optional.empty();
        } catch (IOException e) {
            throw new DeploymentException("step unpack: "
                    + quote(found.map(URL::toString).orElse(RESOURCE)) + " cannot be read: " + FileProblem.inWords(e)
                    + ". Fix: build the WAR again with the gangway war of this version");
        }
    }

    /**
     * What the archive says about itself.
     *
     * @return the description
     */
    public BundleDescription description() {
        return description;
    }

    /**
     * Unpacks the archive, unless the same content is there already.
     *
     * @param parent the directory in which it is unpacked, in a directory that is named after the content
     * @return the unpacked application
     * @throws DeploymentException if that is not possible; nothing is left behind
     */
    public Unpacked unpackIn(Path parent) {
        try {
            return Unpacked.of(this, parent.toAbsolutePath());
        } catch (IOException e) {
            throw new DeploymentException(
                    "step unpack: the application cannot be unpacked in " + quote(parent.toString()) + ": "
                            + FileProblem.inWords(e)
                            + ". Fix: make this directory writable, with room for the application, or let the container use"
                            + " another one for temporary files");
        }
    }

    /** Without the JVM's cache of jars, which would keep a replaced WAR open. */
    InputStream open() throws IOException {
        URLConnection connection = location.openConnection();
        connection.setUseCaches(false);
        return connection.getInputStream();
    }

    /** The SHA-256 of the archive, in hexadecimal digits. */
    String hash() throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (InputStream opened = new DigestInputStream(open(), digest)) {
                opened.transferTo(OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
