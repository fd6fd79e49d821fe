package io.gangway.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.cli.config.ServerSettings;
import io.gangway.cli.server.PemFiles;
import io.gangway.deploy.DeploymentException;
import io.gangway.deploy.SettingSource;
import io.gangway.deploy.Settings;
import io.gangway.servlet.jetty.TlsKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.util.io.pem.PemHeader;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PemFilesTest {
    @TempDir
    private Path folder;

    private Optional<TlsKeys> read(Object... optionsAndFiles) {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i < optionsAndFiles.length; i += 2) {
            options.put(optionsAndFiles[i].toString(), optionsAndFiles[i + 1].toString());
        }
        return PemFiles.read(Settings.resolve(ServerSettings.all(), List.of(SettingSource.commandLine(options))));
    }

    private void assertRefused(String message, Object... optionsAndFiles) {
        assertThatThrownBy(() -> read(optionsAndFiles))
                .isInstanceOf(DeploymentException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource({
        "RSA, RSA PRIVATE KEY",
        "RSA, PRIVATE KEY",
        "EC, EC PRIVATE KEY",
        "EC, PRIVATE KEY",
        "Ed25519, PRIVATE KEY"
    })
    void reads_each_kind_of_key(String algorithm, String format) throws Exception {
        KeyPair pair = Certificates.keys(algorithm);
        Certificates certificates = Certificates.selfSigned("shop", pair);
        Path cert = certificates.write(folder.resolve("cert.pem"));
        Path file = Certificates.writeKey(folder.resolve("key.pem"), pair.getPrivate(), !format.equals("PRIVATE KEY"));
        assertThat(file).content().startsWith("-----BEGIN " + format + "-----");

        TlsKeys keys = read("--cert", cert, "--key", file).orElseThrow();

        assertThat(keys.identity().getCertificateChain("server"))
                .containsExactly(certificates.chain().get(0));
        assertThat(PemFiles.described(keys)).startsWith("CN=shop, valid until ");
        assertThat(keys).hasToString("TlsKeys");
    }

    @Test
    void the_key_may_be_in_the_file_of_the_certificate() throws Exception {
        Certificates root = Certificates.selfSigned("root");
        Certificates shop = root.sign("shop");
        Path file = shop.write(folder.resolve("both.pem"), shop.keys().getPrivate());

        TlsKeys keys = read("--cert", file, "--client-ca", root.write(folder.resolve("root.pem")))
                .orElseThrow();

        assertThat(keys.identity().getCertificateChain("server"))
                .containsExactly(shop.chain().get(0), root.chain().get(0));
        assertThat(keys.clientAuthorities().orElseThrow().getCertificate("authority-0"))
                .isEqualTo(root.chain().get(0));
    }

    @ParameterizedTest
    @CsvSource({"EC, EC", "RSA, EC"})
    void a_key_of_another_certificate_is_refused(String algorithm, String other) throws Exception {
        Path cert =
                Certificates.selfSigned("shop", Certificates.keys(algorithm)).write(folder.resolve("cert.pem"));
        Path key = Certificates.writeKey(
                folder.resolve("key.pem"), Certificates.keys(other).getPrivate(), false);

        assertRefused(
                "--cert and --key do not fit: the first certificate in " + cert + " is for another key than the one in "
                        + key
                        + ". Fix: name the key that the certificate was requested with, and put the server's certificate first",
                "--cert",
                cert,
                "--key",
                key);
    }

    @Test
    void a_key_that_this_java_cannot_use_is_refused() throws Exception {
        BouncyCastleProvider library = new BouncyCastleProvider();
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", library);
        generator.initialize(new ECGenParameterSpec("secp256k1"));
        KeyPair pair = generator.generateKeyPair();
        Path cert = Certificates.selfSigned("shop", pair, library).write(folder.resolve("cert.pem"));
        Path key = Certificates.writeKey(folder.resolve("key.pem"), pair.getPrivate(), false);

        assertThatThrownBy(() -> read("--cert", cert, "--key", key))
                .isInstanceOf(DeploymentException.class)
                .hasMessageStartingWith("--key: this Java cannot sign with the private key in " + key + " (")
                .hasMessageContaining("urve")
                .hasMessageEndingWith(
                        "). Fix: request a certificate for a key that browsers accept too: RSA, or EC with the curve"
                                + " prime256v1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY"})
    void a_key_with_a_password_is_refused(String format) throws Exception {
        Path cert = Certificates.selfSigned("shop").write(folder.resolve("cert.pem"));
        byte[] secret = new EncryptedPrivateKeyInfo(
                        new AlgorithmIdentifier(PKCSObjectIdentifiers.id_PBES2), new byte[16])
                .getEncoded();
        List<PemHeader> headers = format.startsWith("RSA")
                ? List.of(new PemHeader("Proc-Type", "4,ENCRYPTED"), new PemHeader("DEK-Info", "AES-256-CBC,00"))
                : List.of();
        Path key = Certificates.write(folder.resolve("key.pem"), List.of(new PemObject(format, headers, secret)));

        assertRefused(
                "--key: the private key in " + key
                        + " is protected by a password. Fix: write it without one, with openssl pkey -in " + key
                        + " -out NEW, into a file that only this user may read",
                "--cert",
                cert,
                "--key",
                key);
    }

    @Test
    void files_without_what_they_should_have_are_refused() throws Exception {
        Certificates shop = Certificates.selfSigned("shop");
        Path cert = shop.write(folder.resolve("cert.pem"));
        Path empty = Files.createFile(folder.resolve("empty.pem"));
        Path missing = folder.resolve("missing.pem");

        assertRefused(
                "--cert: " + empty
                        + " has no certificate. Fix: name a PEM file, which has the line -----BEGIN CERTIFICATE-----",
                "--cert",
                empty);
        assertRefused(
                "--cert: " + cert + " has no private key. Fix: name the file of the key with --key", "--cert", cert);
        assertRefused(
                "--key: " + empty
                        + " has no private key. Fix: name a PEM file, which has the line -----BEGIN PRIVATE KEY-----",
                "--cert",
                cert,
                "--key",
                empty);
        assertRefused(
                "--key: " + missing + " cannot be read: there is no such file or directory"
                        + ". Fix: name a PEM file that this user may read",
                "--cert",
                cert,
                "--key",
                missing);
    }

    @Test
    void options_about_tls_need_a_certificate() {
        assertRefused("--key is about TLS, which needs a certificate. Fix: name one with --cert", "--key", "a.pem");
        assertRefused(
                "--client-ca is about TLS, which needs a certificate. Fix: name one with --cert",
                "--client-ca",
                "a.pem");
        assertRefused(
                "--redirect-http is about TLS, which needs a certificate. Fix: name one with --cert",
                "--redirect-http",
                ":80");
        assertThat(read()).isEmpty();
    }
}
