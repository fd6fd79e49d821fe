package io.gangway.exchange;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import java.util.Optional;

/**
 * What a container tells of a request's TLS connection, as the ASGI extension {@code tls} wants it (A54): with the numbers of the protocol in place of names.
 *
 * @param version the record version in the protocol, for example 0x0304 for TLS 1.3; empty if it is not known
 * @param cipherSuite IANA's number; empty if it is not known
 * @param clientCertificate in PEM; containers tell no more of the chain. Empty if the client has shown none
 * @param clientName the subject of that (RFC 4514)
 */
public record TlsFacts(
        Optional<Integer> version,
        Optional<Integer> cipherSuite,
        Optional<String> clientCertificate,
        Optional<String> clientName) {
    private static final Map<String, Integer> VERSIONS =
            Map.of("TLSv1", 0x0301, "TLSv1.1", 0x0302, "TLSv1.2", 0x0303, "TLSv1.3", 0x0304);

    /** The suites that Java has on by default for servers (IANA's registry "TLS Cipher Suites"); older ones without forward secrecy and GCM are told as not known. */
    private static final Map<String, Integer> SUITES = Map.ofEntries(
            Map.entry("TLS_AES_128_GCM_SHA256", 0x1301),
            Map.entry("TLS_AES_256_GCM_SHA384", 0x1302),
            Map.entry("TLS_CHACHA20_POLY1305_SHA256", 0x1303),
            Map.entry("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", 0x009e),
            Map.entry("TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", 0x009f),
            Map.entry("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", 0xc02b),
            Map.entry("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", 0xc02c),
            Map.entry("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", 0xc02f),
            Map.entry("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", 0xc030),
            Map.entry("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", 0xcca8),
            Map.entry("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", 0xcca9),
            Map.entry("TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256", 0xccaa));

    /**
     * Reads the facts of a request.
     *
     * @param facts of any request
     * @return empty if its connection has no TLS, or the container tells nothing of it
     */
    public static Optional<TlsFacts> of(RequestFacts facts) {
        Map<String, String> told = facts.tls();
        return told.isEmpty()
                ? Optional.empty()
                : Optional.of(new TlsFacts(
                        Optional.ofNullable(VERSIONS.get(told.getOrDefault("SSL_PROTOCOL", ""))),
                        Optional.ofNullable(SUITES.get(told.getOrDefault("SSL_CIPHER", ""))),
                        Optional.ofNullable(told.get("SSL_CLIENT_CERT")),
                        Optional.ofNullable(told.get("SSL_CLIENT_S_DN"))
                                .map(name -> new String(name.getBytes(ISO_8859_1), UTF_8))));
    }
}
