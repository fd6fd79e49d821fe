package io.gangway.cli;

import java.io.IOException;
import java.io.Writer;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaMiscPEMGenerator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.jspecify.annotations.Nullable;

/**
 * A certificate for 127.0.0.1 with its key, and those that have signed it.
 *
 * @param chain the certificate first
 */
record Certificates(KeyPair keys, List<X509Certificate> chain) {
    /** Between a self-signed certificate's time and the clock of whoever checks it. */
    private static final Duration MARGIN = Duration.ofDays(1);

    static Certificates selfSigned(String name) {
        return selfSigned(name, keys("EC"));
    }

    static Certificates selfSigned(String name, KeyPair keys) {
        return new Certificates(keys, List.of(certificate(name, keys, name, keys, null)));
    }

    /** The same with keys that the JDK does not know. */
    static Certificates selfSigned(String name, KeyPair keys, Provider provider) {
        return new Certificates(keys, List.of(certificate(name, keys, name, keys, provider)));
    }

    /** A certificate that this one has signed. */
    Certificates sign(String name) {
        KeyPair signed = keys("EC");
        String issuer = chain.get(0).getSubjectX500Principal().getName().substring("CN=".length());
        return new Certificates(signed, List.of(certificate(name, signed, issuer, keys, null), chain.get(0)));
    }

    static KeyPair keys(String algorithm) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (algorithm.equals("RSA")) {
                generator.initialize(2048);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static X509Certificate certificate(
            String name, KeyPair keys, String issuer, KeyPair issuersKeys, @Nullable Provider provider) {
        Instant now = Instant.now();
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                new X500Name("CN=" + issuer),
                new BigInteger(64, new SecureRandom()),
                Date.from(now.minus(MARGIN)),
                Date.from(now.plus(MARGIN)),
                new X500Name("CN=" + name),
                keys.getPublic());
        String signature = issuersKeys.getPrivate().getAlgorithm();
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")));
            JcaContentSignerBuilder signer = new JcaContentSignerBuilder(
                    signature.equals("EdDSA")
                            ? "Ed25519"
                            : "SHA256with" + (signature.equals("EC") ? "ECDSA" : signature));
            if (provider != null) {
                signer.setProvider(provider);
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(signer.build(issuersKeys.getPrivate())));
        } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes the certificates, and keys after them, in PKCS #8. */
    Path write(Path file, PrivateKey... furtherKeys) throws IOException {
        List<Object> objects = new ArrayList<>(chain);
        for (PrivateKey key : furtherKeys) {
            objects.add(new JcaPKCS8Generator(key, null));
        }
        return write(file, objects);
    }

    /** Writes objects in PEM. */
    static Path write(Path file, List<?> objects) throws IOException {
        try (Writer text = Files.newBufferedWriter(file);
                JcaPEMWriter pem = new JcaPEMWriter(text)) {
            for (Object object : objects) {
                pem.writeObject(object);
            }
        }
        return file;
    }

    /** Writes a private key in PKCS #8, or as OpenSSL did before: PKCS #1 (RFC 8017) or SEC 1 (RFC 5915). */
    static Path writeKey(Path file, PrivateKey key, boolean isOldFormat) throws IOException {
        Object object = !isOldFormat
                ? new JcaPKCS8Generator(key, null)
                : key instanceof ECPrivateKey ec
                        ? new PemObject("EC PRIVATE KEY", sec1(ec).getEncoded())
                        : new JcaMiscPEMGenerator(key);
        return write(file, List.of(object));
    }

    private static org.bouncycastle.asn1.sec.ECPrivateKey sec1(ECPrivateKey key) {
        ASN1Encodable curve = PrivateKeyInfo.getInstance(key.getEncoded())
                .getPrivateKeyAlgorithm()
                .getParameters();
        return new org.bouncycastle.asn1.sec.ECPrivateKey(
                key.getParams().getOrder().bitLength(), key.getS(), curve);
    }

    /** What a client needs that trusts this certificate, or one that it has signed. */
    SSLContext trusted() throws Exception {
        return trusted(null);
    }

    /** The same, for a client that has a certificate of its own. */
    SSLContext trusted(@Nullable Certificates own) throws Exception {
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        trust.setCertificateEntry("server", chain.get(chain.size() - 1));
        TrustManagerFactory trusting = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusting.init(trust);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own == null ? null : own.managers(), trusting.getTrustManagers(), null);
        return context;
    }

    private KeyManager[] managers() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("own", keys.getPrivate(), new char[0], chain.toArray(Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, new char[0]);
        return factory.getKeyManagers();
    }
}
