package io.gangway.cli.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gangway.cli.config.ServerSettings;
import io.gangway.deploy.DeploymentException;
import io.gangway.deploy.NativeText;
import io.gangway.deploy.Settings;
import io.gangway.log.FileProblem;
import io.gangway.servlet.jetty.TlsKeys;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.util.io.pem.PemObject;

/** The files of {@code --cert}, {@code --key} and {@code --client-ca}: PEM (RFC 7468), and keys also as OpenSSL's older formats for RSA and EC. */
public final class PemFiles {
    /** Protects nothing: the key store is never written. */
    private static final String PASSWORD = "in memory only";

    private static final String SERVER = "server";

    /** What is signed to see whether a key and a certificate belong together; any bytes will do. */
    private static final byte[] SAMPLE = "gangway".getBytes(ISO_8859_1);

    private PemFiles() {}

    /**
     * Reads the files.
     *
     * @return empty if the settings name none
     * @throws DeploymentException if one cannot be read, or if the key is not the certificate's
     */
    public static Optional<TlsKeys> read(Settings settings) {
        Optional<Path> cert = settings.find(ServerSettings.CERT).map(NativeText::path);
        if (cert.isEmpty()) {
            refuseWithoutCert(settings);
            return Optional.empty();
        }
        Path certFile = cert.get();
        Path keyFile = settings.find(ServerSettings.KEY).map(NativeText::path).orElse(certFile);
        List<X509Certificate> chain = certificates("--cert", certFile);
        PrivateKey key = key(keyFile, !keyFile.equals(certFile));
        if (!isPair(key, keyFile, chain.get(0))) {
            throw DeploymentException.ofSetting(
                    "--cert and --key do not fit: the first certificate in " + certFile
                            + " is for another key than the one in " + keyFile
                            + ". Fix: name the key that the certificate was requested with, and put the server's certificate first");
        }
        Optional<KeyStore> authorities = settings.find(ServerSettings.CLIENT_CA)
                .map(file -> authorities(certificates("--client-ca", NativeText.path(file))));
        return Optional.of(new TlsKeys(identity(key, chain, certFile), PASSWORD, authorities));
    }

    private static void refuseWithoutCert(Settings settings) {
        boolean isRedirecting = !settings.get(ServerSettings.REDIRECT_HTTP).isEmpty();
        String option = settings.find(ServerSettings.KEY).isPresent()
                ? "--key"
                : settings.find(ServerSettings.CLIENT_CA).isPresent()
                        ? "--client-ca"
                        : isRedirecting ? "--redirect-http" : "";
        if (!option.isEmpty()) {
            throw DeploymentException.ofSetting(
                    option + " is about TLS, which needs a certificate. Fix: name one with --cert");
        }
    }

    private static List<X509Certificate> certificates(String option, Path file) {
        List<X509Certificate> found = new ArrayList<>();
        try (PEMParser parser = new PEMParser(Files.newBufferedReader(file, ISO_8859_1))) {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (PemObject block = parser.readPemObject(); block != null; block = parser.readPemObject()) {
                if (block.getType().endsWith("CERTIFICATE")) {
                    found.add((X509Certificate)
                            factory.generateCertificate(new ByteArrayInputStream(block.getContent())));
                }
            }
        } catch (IOException | GeneralSecurityException e) {
            throw unreadable(option, file, e);
        }
        if (found.isEmpty()) {
            throw DeploymentException.ofSetting(option + ": " + file
                    + " has no certificate. Fix: name a PEM file, which has the line -----BEGIN CERTIFICATE-----");
        }
        return found;
    }

    /** @param isNamed whether {@code --key} names the file; it may be that of the certificate */
    private static PrivateKey key(Path file, boolean isNamed) {
        try (PEMParser parser = new PEMParser(Files.newBufferedReader(file, ISO_8859_1))) {
            for (Object block = parser.readObject(); block != null; block = parser.readObject()) {
                if (block instanceof PKCS8EncryptedPrivateKeyInfo || block instanceof PEMEncryptedKeyPair) {
                    throw DeploymentException.ofSetting("--key: the private key in " + file
                            + " is protected by a password. Fix: write it without one, with openssl pkey -in " + file
                            + " -out NEW, into a file that only this user may read");
                }
                if (block instanceof PEMKeyPair pair) {
                    return key(pair.getPrivateKeyInfo());
                }
                if (block instanceof PrivateKeyInfo info) {
                    return key(info);
                }
            }
        } catch (IOException | GeneralSecurityException e) {
            throw unreadable(isNamed ? "--key" : "--cert", file, e);
        }
        throw DeploymentException.ofSetting(
                isNamed
                        ? "--key: " + file
                                + " has no private key. Fix: name a PEM file, which has the line -----BEGIN PRIVATE KEY-----"
                        : "--cert: " + file + " has no private key. Fix: name the file of the key with --key");
    }

    /** The JDK knows algorithms by their object identifiers too, but for EC. */
    private static PrivateKey key(PrivateKeyInfo info) throws IOException, GeneralSecurityException {
        ASN1ObjectIdentifier algorithm = info.getPrivateKeyAlgorithm().getAlgorithm();
        return KeyFactory.getInstance(algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey) ? "EC" : algorithm.getId())
                .generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
    }

    private static DeploymentException unreadable(String option, Path file, Exception reason) {
        return DeploymentException.ofSetting(option + ": " + file + " cannot be read: " + FileProblem.inWords(reason)
                + ". Fix: name a PEM file that this user may read");
    }

    /** TLS itself does not look: every handshake would fail. */
    private static boolean isPair(PrivateKey key, Path keyFile, X509Certificate certificate) {
        String type = key.getAlgorithm();
        String algorithm = type.equals("RSA") ? "SHA256withRSA" : type.equals("EC") ? "SHA256withECDSA" : type;
        Signature signature;
        byte[] signed;
        try {
            signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(SAMPLE);
            signed = signature.sign();
        } catch (GeneralSecurityException e) {
            throw unsupported(keyFile, e);
        }
        try {
            signature.initVerify(certificate.getPublicKey());
            signature.update(SAMPLE);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false; // keys of two algorithms, for example
        }
    }

    private static DeploymentException unsupported(Path keyFile, GeneralSecurityException reason) {
        return DeploymentException.ofSetting(
                "--key: this Java cannot sign with the private key in " + keyFile + " ("
                        + FileProblem.inWords(reason)
                        + "). Fix: request a certificate for a key that browsers accept too: RSA, or EC with the curve prime256v1");
    }

    private static KeyStore identity(PrivateKey key, List<X509Certificate> chain, Path certFile) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry(SERVER, key, PASSWORD.toCharArray(), chain.toArray(Certificate[]::new));
            return store;
        } catch (IOException | GeneralSecurityException e) {
            throw DeploymentException.ofSetting(
                    "--cert: the certificates in " + certFile + " are no chain: " + FileProblem.inWords(e)
                            + ". Fix: put the server's certificate first, then that of the authority that has signed it, and so on");
        }
    }

    private static KeyStore authorities(List<X509Certificate> certificates) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            for (X509Certificate certificate : certificates) {
                store.setCertificateEntry("authority-" + store.size(), certificate);
            }
            return store;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("the JDK cannot keep certificates", e);
        }
    }

    /** The server's certificate in a line for the log. */
    public static String described(TlsKeys keys) {
        try {
            X509Certificate certificate = (X509Certificate) keys.identity().getCertificate(SERVER);
            return certificate.getSubjectX500Principal() + ", valid until "
                    + certificate.getNotAfter().toInstant();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a key store that was loaded says that it was not", e);
        }
    }
}
