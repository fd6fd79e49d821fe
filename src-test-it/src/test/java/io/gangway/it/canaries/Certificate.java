package io.gangway.it.canaries;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Map;

/**
 * A certificate for 127.0.0.1 that nobody else has signed, with its key; made by the JDK's keytool.
 *
 * @param store the file, in PKCS12
 */
record Certificate(Path store) {
    /** Of the store and of the key; it protects nothing, because a new key is made for each run. */
    static final String PASSWORD = "canaries";

    private static final String ALIAS = "canaries";

    /** Makes one in a directory. */
    static Certificate in(Path directory) throws IOException, InterruptedException {
        Path store = Files.createDirectories(directory).resolve("server.p12");
        Files.deleteIfExists(store);
        Command.run(
                        directory,
                        Map.of(),
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keystore",
                        store.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-alias",
                        ALIAS,
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "SAN=ip:127.0.0.1,dns:localhost")
                .succeeded();
        return new Certificate(store);
    }

    /** Both in a file beside the store, in PEM. */
    Path pem() throws IOException {
        try (InputStream content = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(content, PASSWORD.toCharArray());
            String text = pem("CERTIFICATE", keys.getCertificate(ALIAS).getEncoded())
                    + pem(
                            "PRIVATE KEY",
                            keys.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded());
            return Files.writeString(store.resolveSibling("server.pem"), text);
        } catch (GeneralSecurityException e) {
            throw new IOException("the key that was made cannot be used", e);
        }
    }

    private static String pem(String type, byte[] content) {
        return "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(content) + "\n-----END " + type
                + "-----\n";
    }
}
