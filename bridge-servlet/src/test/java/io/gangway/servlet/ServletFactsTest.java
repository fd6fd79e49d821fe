package io.gangway.servlet;

import static java.util.Collections.enumeration;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.gangway.server.FactsEnviron;
import io.gangway.servlet.ServletObjects.Concurrency;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.Environ.WsgiVersion;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServletFactsTest {
    private final HttpServletRequest request = mock(HttpServletRequest.class);
    private final HttpServletResponse response = mock(HttpServletResponse.class);
    private final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    ServletFactsTest() {
        when(request.getMethod()).thenReturn("PROPFIND");
        when(request.getServerName()).thenReturn("shop.example");
        when(request.getServerPort()).thenReturn(8080);
        when(request.getProtocol()).thenReturn("HTTP/1.1");
        when(request.getScheme()).thenReturn("http");
        when(request.getRequestURI()).thenReturn("/shop/cart");
        when(request.getRemoteAddr()).thenReturn("192.0.2.7");
        when(request.getRemotePort()).thenReturn(50123);
        when(request.getServletContext()).thenReturn(mock(ServletContext.class));
        when(request.getHeaderNames()).thenAnswer(call -> enumeration(headers.keySet()));
        when(request.getHeaders(anyString()))
                .thenAnswer(call -> enumeration(headers.getOrDefault(call.<String>getArgument(0), List.of())));
    }

    @Test
    void gives_the_variables_of_cgi_as_text() {
        when(request.getQueryString()).thenReturn("a=%20b&c");

        assertThat(environ())
                .containsEntry("REQUEST_METHOD", "PROPFIND")
                .containsEntry("SCRIPT_NAME", "/shop")
                .containsEntry("PATH_INFO", "/cart")
                .containsEntry("QUERY_STRING", "a=%20b&c")
                .containsEntry("SERVER_NAME", "shop.example")
                .containsEntry("SERVER_PORT", "8080")
                .containsEntry("SERVER_PROTOCOL", "HTTP/1.1")
                .containsEntry("REMOTE_ADDR", "192.0.2.7")
                .containsEntry("REMOTE_PORT", "50123")
                .doesNotContainKeys(
                        "REMOTE_HOST", "REMOTE_USER", "AUTH_TYPE", "HTTPS", "CONTENT_TYPE", "CONTENT_LENGTH");
    }

    @Test
    void an_absent_query_is_an_empty_one() {
        assertThat(environ()).containsEntry("QUERY_STRING", "");
    }

    @Test
    void gives_the_keys_of_the_gateway() {
        assertThat(environ())
                .containsEntry("wsgi.version", new WsgiVersion(1, 0))
                .containsEntry("wsgi.url_scheme", "http")
                .containsEntry("wsgi.multithread", true)
                .containsEntry("wsgi.multiprocess", false)
                .containsEntry("wsgi.run_once", false)
                .containsEntry("wsgi.input_terminated", true)
                .containsEntry("jakarta.servlet.request", request)
                .containsEntry("jakarta.servlet.response", response)
                .containsKeys("wsgi.input", "wsgi.errors", "wsgi.file_wrapper", "jakarta.servlet.context");
    }

    @Test
    void each_request_has_an_id_of_its_own() {
        String first = environ().requestId();

        assertThat(first).matches("[0-9a-f]{16}").isNotEqualTo(environ().requestId());
    }

    @Test
    void headers_become_keys_whatever_their_case() {
        headers.put("x-id", List.of("7"));
        headers.put("X-Empty", List.of(""));
        headers.put("content-type", List.of("text/plain"));
        headers.put("Content-Length", List.of("3000000000"));

        Environ environ = environ();

        assertThat(environ)
                .containsEntry("HTTP_X_ID", "7")
                .containsEntry("HTTP_X_EMPTY", "")
                .containsEntry("CONTENT_TYPE", "text/plain")
                .containsEntry("CONTENT_LENGTH", "3000000000")
                .doesNotContainKeys("HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH");
        assertThat(environ.contentLength()).hasValue(3_000_000_000L);
    }

    @Test
    void repeated_headers_are_joined_by_a_comma_and_cookies_by_a_semicolon() {
        headers.put("Accept", List.of("text/html", "text/plain"));
        headers.put("Cookie", List.of("a=1", "b=2"));

        assertThat(environ())
                .containsEntry("HTTP_ACCEPT", "text/html,text/plain")
                .containsEntry("HTTP_COOKIE", "a=1; b=2");
    }

    @Test
    void drops_headers_that_would_pose_as_others() {
        headers.put("X_Id", List.of("evil"));
        headers.put("Content_Length", List.of("1"));
        headers.put("proxy", List.of("http://evil.example"));

        assertThat(environ()).doesNotContainKeys("HTTP_X_ID", "CONTENT_LENGTH", "HTTP_CONTENT_LENGTH", "HTTP_PROXY");
    }

    @Test
    void the_authority_of_http_2_is_the_host() {
        when(request.getProtocol()).thenReturn("HTTP/2.0");

        assertThat(environ())
                .containsEntry("SERVER_PROTOCOL", "HTTP/2")
                .containsEntry("HTTP_HOST", "shop.example:8080");
    }

    @Test
    void passes_on_whom_the_container_authenticated() {
        when(request.getRemoteUser()).thenReturn("ada");
        when(request.getAuthType()).thenReturn("BASIC");

        assertThat(environ()).containsEntry("REMOTE_USER", "ada").containsEntry("AUTH_TYPE", "Basic");
    }

    @ParameterizedTest
    @CsvSource({
        "BASIC, Basic",
        "Basic, Basic",
        "DIGEST, Digest",
        "FORM, FORM",
        "CLIENT_CERT, CLIENT_CERT",
        "SPNEGO, SPNEGO",
    })
    void names_the_authentication_as_cgi_does(String containers, String expected) {
        when(request.getAuthType()).thenReturn(containers);

        assertThat(environ()).containsEntry("AUTH_TYPE", expected);
    }

    @Test
    void an_empty_user_is_none() {
        when(request.getRemoteUser()).thenReturn("");
        when(request.getAuthType()).thenReturn("");
        when(request.getRemoteAddr()).thenReturn("");

        assertThat(environ()).doesNotContainKeys("REMOTE_USER", "AUTH_TYPE", "REMOTE_ADDR");
    }

    /** The texts that containers give, as they decode them; none becomes a char that is no byte. */
    @Test
    void what_the_container_decoded_becomes_bytes_again() throws Exception {
        String text = "\u0141ukasz caf\u00e9";
        String bytes = "\u00c5\u0081ukasz caf\u00c3\u00a9";
        X509Certificate certificate = mock(X509Certificate.class);
        when(certificate.getSubjectX500Principal()).thenReturn(new X500Principal("CN=" + text));
        when(certificate.getEncoded()).thenReturn(new byte[1]);
        when(request.isSecure()).thenReturn(true);
        when(request.getAttribute("jakarta.servlet.request.X509Certificate"))
                .thenReturn(new X509Certificate[] {certificate});
        when(request.getAttribute("jakarta.servlet.request.cipher_suite")).thenReturn(text);
        when(request.getQueryString()).thenReturn("q=" + text);
        when(request.getRequestURI()).thenReturn("/" + text);
        when(request.getRemoteUser()).thenReturn(text);
        when(request.getAuthType()).thenReturn(text);
        when(request.getServerName()).thenReturn(text);
        when(request.getRemoteAddr()).thenReturn(text);
        headers.put("X-Decoded", List.of(text));
        headers.put("X-Bytes", List.of(bytes));

        Environ environ = environ();

        assertThat(environ)
                .containsEntry("QUERY_STRING", "q=" + bytes)
                .containsEntry("RAW_URI", "/" + bytes + "?q=" + bytes)
                .containsEntry("REMOTE_USER", bytes)
                .containsEntry("AUTH_TYPE", bytes)
                .containsEntry("SERVER_NAME", bytes)
                .containsEntry("REMOTE_ADDR", bytes)
                .containsEntry("SSL_CIPHER", bytes)
                .containsEntry("SSL_CLIENT_S_DN", "CN=" + bytes)
                .containsEntry("HTTP_X_DECODED", bytes)
                .containsEntry("HTTP_X_BYTES", bytes);
        assertThat(environ.values())
                .filteredOn(String.class::isInstance)
                .allSatisfy(value -> assertThat(((String) value).chars()).allMatch(c -> c <= 0xff));
    }

    @ParameterizedTest
    @CsvSource({
        "[0:0:0:0:0:0:0:1], ::1",
        "0:0:0:0:0:0:0:1, ::1",
        "fe80:0:0:0:0:0:0:1%eth0, fe80::1",
        "192.0.2.7, 192.0.2.7"
    })
    void an_address_has_no_brackets_and_the_usual_form(String containers, String expected) {
        when(request.getRemoteAddr()).thenReturn(containers);

        assertThat(environ()).containsEntry("REMOTE_ADDR", expected);
    }

    @ParameterizedTest
    @CsvSource({
        "[::1], [::1]",
        "0:0:0:0:0:0:0:1, [::1]",
        "[0:0:0:0:0:0:0:1], [::1]",
        "[::ffff:1.2.3.4], [::ffff:1.2.3.4]"
    })
    void the_servers_address_keeps_its_brackets(String containers, String expected) {
        when(request.getServerName()).thenReturn(containers);

        Environ environ = environ();

        assertThat(environ).containsEntry("SERVER_NAME", expected);
        assertThat(environ.applicationUrl()).isEqualTo("http://" + expected + ":8080/shop");
    }

    @Test
    void an_empty_host_is_the_address_where_the_connection_arrived() {
        when(request.getServerName()).thenReturn("");
        when(request.getLocalAddr()).thenReturn("0:0:0:0:0:0:0:1");

        assertThat(environ()).containsEntry("SERVER_NAME", "[::1]");
    }

    @ParameterizedTest
    @CsvSource({"false, http, http, 80", "true, https, https, 443"})
    void an_empty_port_is_the_schemes_own(boolean isSecure, String scheme, String told, String port) {
        when(request.isSecure()).thenReturn(isSecure);
        when(request.getScheme()).thenReturn(scheme);
        when(request.getServerPort()).thenReturn(0);

        assertThat(environ()).containsEntry("wsgi.url_scheme", told).containsEntry("SERVER_PORT", port);
    }

    @ParameterizedTest
    @CsvSource({
        // a connection with TLS, or a valve that trusts a proxy; an HTTP/2 client's :scheme does not matter
        "true, http, https",
        "true, https, https",
        // a Tomcat connector behind a proxy that configures the scheme only
        "false, https, https",
        "false, http, http",
    })
    void the_scheme_is_the_connections_or_the_containers(boolean isSecure, String scheme, String expected) {
        when(request.isSecure()).thenReturn(isSecure);
        when(request.getScheme()).thenReturn(scheme);

        Environ environ = environ();

        assertThat(environ).containsEntry("wsgi.url_scheme", expected);
        assertThat(environ.containsKey("HTTPS")).isEqualTo(expected.equals("https"));
    }

    @Test
    void the_target_is_told_as_it_was_sent() {
        when(request.getRequestURI()).thenReturn("/shop/a%2Fb/../c;v=1");
        when(request.getQueryString()).thenReturn("x=%20");

        assertThat(environ())
                .containsEntry("RAW_URI", "/shop/a%2Fb/../c;v=1?x=%20")
                .containsEntry("REQUEST_URI", "/shop/a%2Fb/../c;v=1?x=%20");
        assertThat(environ().string("SERVER_SOFTWARE")).matches("Gangway/[0-9][^ $]*");
    }

    @Test
    void tells_what_the_container_knows_of_tls() throws Exception {
        X509Certificate certificate = mock(X509Certificate.class);
        when(certificate.getSubjectX500Principal()).thenReturn(new X500Principal("CN=Ada, O=Engines"));
        when(certificate.getEncoded()).thenReturn(new byte[60]);
        when(request.isSecure()).thenReturn(true);
        when(request.getScheme()).thenReturn("https");
        when(request.getAttribute("jakarta.servlet.request.secure_protocol")).thenReturn("TLSv1.3");
        when(request.getAttribute("jakarta.servlet.request.cipher_suite")).thenReturn("TLS_AES_256_GCM_SHA384");
        when(request.getAttribute("jakarta.servlet.request.key_size")).thenReturn(256);
        when(request.getAttribute("jakarta.servlet.request.ssl_session_id")).thenReturn("0a0b");
        when(request.getAttribute("jakarta.servlet.request.X509Certificate"))
                .thenReturn(new X509Certificate[] {certificate});

        assertThat(environ())
                .containsEntry("wsgi.url_scheme", "https")
                .containsEntry("HTTPS", "on")
                .containsEntry("SSL_PROTOCOL", "TLSv1.3")
                .containsEntry("SSL_CIPHER", "TLS_AES_256_GCM_SHA384")
                .containsEntry("SSL_CIPHER_USEKEYSIZE", "256")
                .containsEntry("SSL_SESSION_ID", "0a0b")
                .containsEntry("SSL_CLIENT_S_DN", "CN=Ada,O=Engines")
                .containsEntry(
                        "SSL_CLIENT_CERT",
                        "-----BEGIN CERTIFICATE-----\n" + "A".repeat(64) + "\n" + "A".repeat(16)
                                + "\n-----END CERTIFICATE-----\n");
    }

    @Test
    void reads_nothing_of_the_body() throws Exception {
        environ();

        verify(request, never()).getInputStream();
    }

    @Test
    void answers_for_a_key_as_it_does_for_all_of_them() {
        headers.put("Cookie", List.of("a=1", "b=2"));
        headers.put("x-id", List.of("7"));
        Environ asked = environ();
        Environ copied = new Environ(environ());

        assertThat(copied).containsKeys("HTTP_COOKIE", "HTTP_X_ID").doesNotContainKeys("HTTP_x_id", "HTTP_X-ID");
        copied.forEach((key, value) -> {
            if (!key.equals("wsgi.input") && !key.equals("wsgi.errors") && !key.equals("gangway.request_id")) {
                assertThat(asked.get(key)).as(key).isEqualTo(value);
            }
        });
        assertThat(asked.get("HTTP_x-id")).isNull();
        assertThat(asked.get("HTTP_CONTENT_TYPE")).isNull();
    }

    @Test
    void what_the_application_changes_stays_changed() {
        headers.put("X-Id", List.of("7"));
        Environ environ = environ();

        assertThat(environ.put("HTTP_X_ID", "8")).isEqualTo("7");
        assertThat(environ.remove("QUERY_STRING")).isEqualTo("");

        assertThat(environ).containsEntry("HTTP_X_ID", "8").doesNotContainKey("QUERY_STRING");
    }

    @Test
    void tells_who_asks_too_late() {
        ServletObjects objects = objects();
        Environ environ = environ(objects);
        objects.end();

        assertThatThrownBy(() -> environ.get("jakarta.servlet.request"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("this environ's request has ended: copy what is needed of it,"
                        + " or all of it with new Environ(environ), while the application runs");
    }

    private Environ environ() {
        return environ(objects());
    }

    private Environ environ(ServletObjects objects) {
        return FactsEnviron.of(ServletFacts.of(request, new RequestPath("/shop", "/cart")), objects);
    }

    private ServletObjects objects() {
        return new ServletObjects(request, response, new RequestBody(request), new Concurrency(true, false), "r1");
    }
}
