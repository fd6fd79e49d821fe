package io.gangway.servlet;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.gangway.wsgi.NativeStrings;
import jakarta.servlet.http.HttpServletRequest;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The container's facts about the TLS connection, under the names of Apache's mod_ssl (W19).
 *
 * <p>The attributes are those of Servlet 6.0, section 3.9; the protocol's name is among them since 6.1; before, Tomcat had its own
 * attribute for it.
 */
final class TlsVariables {
    private static final Base64.Encoder PEM = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private TlsVariables() {}

    static Map<String, String> of(HttpServletRequest request) {
        Map<String, String> variables = new LinkedHashMap<>();
        putAttribute(variables, "SSL_PROTOCOL", request.getAttribute("jakarta.servlet.request.secure_protocol"));
        putAttribute(
                variables, "SSL_PROTOCOL", request.getAttribute("org.apache.tomcat.util.net.secure_protocol_version"));
        putAttribute(variables, "SSL_CIPHER", request.getAttribute("jakarta.servlet.request.cipher_suite"));
        putAttribute(variables, "SSL_CIPHER_USEKEYSIZE", request.getAttribute("jakarta.servlet.request.key_size"));
        putAttribute(variables, "SSL_SESSION_ID", request.getAttribute("jakarta.servlet.request.ssl_session_id"));
        Object chain = request.getAttribute("jakarta.servlet.request.X509Certificate");
        if (chain instanceof X509Certificate[] certificates && certificates.length > 0) {
            putClientCertificate(variables, certificates[0]);
        }
        return variables;
    }

    private static void putAttribute(Map<String, String> variables, String key, @Nullable Object value) {
        if (value != null) {
            variables.put(key, NativeStrings.ofText(value.toString()));
        }
    }

    private static void putClientCertificate(Map<String, String> variables, X509Certificate certificate) {
        variables.put(
                "SSL_CLIENT_S_DN",
                NativeStrings.ofText(certificate.getSubjectX500Principal().getName()));
        try {
            String body = new String(PEM.encode(certificate.getEncoded()), US_ASCII);
            variables.put("SSL_CLIENT_CERT", "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n");
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("the container accepted a client certificate that cannot be encoded", e);
        }
    }
}
