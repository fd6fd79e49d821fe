package io.gangway.servlet.jetty;

import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http2.HTTP2Cipher;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.EndPoint.SslSessionData;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/**
 * TLS of all ports of a server: TLS 1.2 and 1.3, as the JDK has them, with HTTP/1.1 and HTTP/2 by ALPN (RFC 7301).
 *
 * <p>Thread-safe. New keys count for new connections; open ones go on with those that they have.
 */
final class Tls {
    private final SslContextFactory.Server contexts;

    Tls(TlsKeys keys) {
        contexts = contexts(keys);
    }

    private static SslContextFactory.Server contexts(TlsKeys keys) {
        SslContextFactory.Server made = new SslContextFactory.Server();
        set(made, keys);
        made.setRenegotiationAllowed(false); // RFC 9113, section 9.2.1
        made.setCipherComparator(HTTP2Cipher.COMPARATOR); // those that HTTP/2 allows first (RFC 9113, section 9.2.2)
        made.setUseCipherSuitesOrder(true);
        return made;
    }

    private static void set(SslContextFactory.Server contexts, TlsKeys keys) {
        contexts.setKeyStore(keys.identity());
        contexts.setKeyStorePassword(keys.password());
        contexts.setTrustStore(keys.clientAuthorities().orElse(null));
        contexts.setNeedClientAuth(keys.clientAuthorities().isPresent());
    }

    /** The protocols of a port. */
    ConnectionFactory[] protocols(HttpConfiguration http) {
        SecureRequestCustomizer facts = new SecureRequestCustomizer();
        facts.setSniHostCheck(false); // there is one certificate: which name a client checked is the client's matter
        http.addCustomizer(facts);
        http.addCustomizer((request, responseHeaders) -> withProtocol(request));
        HttpConnectionFactory http1 = new HttpConnectionFactory(http);
        http1.setInputBufferSize(Listener.INPUT_BUFFER);
        HTTP2ServerConnectionFactory http2 = new EncryptedHttp2(http);
        http2.setInputBufferSize(Listener.INPUT_BUFFER);
        ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
        alpn.setDefaultProtocol(http1.getProtocol());
        return new ConnectionFactory[] {new SslConnectionFactory(contexts, alpn.getProtocol()), alpn, http2, http1};
    }

    /** The protocol's name, which Servlet 6.1 has and Jetty's Servlet 6.0 has not (W19). */
    private static Request withProtocol(Request request) {
        if (request.getAttribute(SslSessionData.ATTRIBUTE) instanceof SslSessionData session) {
            request.setAttribute(
                    "jakarta.servlet.request.secure_protocol",
                    session.sslSession().getProtocol());
        }
        return request;
    }

    /**
     * Uses other keys from now on.
     *
     * @throws IllegalArgumentException if they cannot be used; those before are used then
     */
    void renew(TlsKeys keys) {
        try {
            SslContextFactory.Server trial = contexts(keys); // a reload that fails would leave nothing
            trial.start();
            trial.stop();
            contexts.reload(same -> set((SslContextFactory.Server) same, keys));
        } catch (Exception e) {
            throw new IllegalArgumentException("the keys cannot be used for TLS: " + e.getMessage(), e);
        }
    }
}
