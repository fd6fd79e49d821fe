package io.gangway.lint;

import static io.gangway.lint.LintRig.ACCEPTING;
import static io.gangway.lint.LintRig.HELLO;
import static io.gangway.lint.LintRig.environ;
import static io.gangway.lint.LintRig.linted;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.wsgi.Environ;
import io.gangway.wsgi.ServerViolation;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class EnvironCheckTest {
    @Test
    void a_server_that_keeps_the_rules_is_not_bothered() {
        accepts(environ -> {});
        accepts(environ -> environ.put("CONTENT_LENGTH", "9223372036854775807"));
        accepts(environ -> environ.put("PATH_INFO", "/caf\u00c3\u00a9"));
        accepts(environ -> environ.put("HTTP_X_EMPTY", ""));
        accepts(environ -> {
            environ.put("wsgi.url_scheme", "https");
            environ.put("HTTPS", "on");
            environ.put("SSL_CLIENT_CERT", "-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n");
        });
        accepts(environ -> environ.put("jakarta.servlet.request", new Object()));
    }

    @Test
    @Tag("W10")
    void the_method_is_a_token() {
        refuses(
                environ -> environ.remove("REQUEST_METHOD"),
                "W10, environ[\"REQUEST_METHOD\"]: expected a string that is not empty; found no such key. Fix: always set it");
        refuses(
                environ -> environ.put("REQUEST_METHOD", "GET "),
                "W10, environ[\"REQUEST_METHOD\"]: expected a token; found \"GET \". Fix: pass on the method as sent");
    }

    @Test
    @Tag("W11")
    void the_path_is_split_before_a_slash() {
        refuses(
                environ -> environ.put("SCRIPT_NAME", "/shop/"),
                "W11, environ[\"SCRIPT_NAME\"]: expected an empty string, or one that starts with a slash and does not end"
                        + " with one; found \"/shop/\". Fix: put the slash between the two in PATH_INFO");
        refuses(
                environ -> environ.put("PATH_INFO", "list"),
                "W11, environ[\"PATH_INFO\"]: expected an empty string, or one that starts with a slash; found \"list\"."
                        + " Fix: split the path before a slash");
        refuses(
                environ -> {
                    environ.put("SCRIPT_NAME", "");
                    environ.put("PATH_INFO", "");
                },
                "W11, environ[\"PATH_INFO\"]: expected a slash where SCRIPT_NAME is empty; found both empty."
                        + " Fix: set it to / for the root");
        refuses(
                environ -> environ.remove("PATH_INFO"),
                "W11, environ[\"PATH_INFO\"]: expected a string; found no such key."
                        + " Fix: set it for every request, to an empty string if necessary");
    }

    @Test
    @Tag("W12")
    void the_path_is_bytes_as_chars() {
        refuses(
                environ -> environ.put("PATH_INFO", "/\u20ac"),
                "W12, environ[\"PATH_INFO\"]: expected one ISO-8859-1 char for each byte; found \"/\\u20ac\"."
                        + " Fix: decode bytes as ISO-8859-1, not as UTF-8");
    }

    @Test
    @Tag("W13")
    void the_query_is_undecoded() {
        refuses(
                environ -> environ.put("QUERY_STRING", "q=two words"),
                "W13, environ[\"QUERY_STRING\"]: expected the query as sent; found \"q=two words\"."
                        + " Fix: pass it on without decoding it");
    }

    @Test
    @Tag("W14")
    void content_type_and_length_stand_in_one_place_and_are_well_formed() {
        refuses(
                environ -> environ.put("HTTP_CONTENT_TYPE", "text/plain"),
                "W14, environ[\"HTTP_CONTENT_TYPE\"]: expected no such key; found one. Fix: use CONTENT_TYPE alone");
        refuses(
                environ -> environ.put("CONTENT_LENGTH", "+5"),
                "W14, environ[\"CONTENT_LENGTH\"]: expected decimal digits; found \"+5\"."
                        + " Fix: leave the key out if no length was sent");
        refuses(
                environ -> environ.put("CONTENT_LENGTH", "9223372036854775808"),
                "W14, environ[\"CONTENT_LENGTH\"]: expected decimal digits; found \"9223372036854775808\"."
                        + " Fix: leave the key out if no length was sent");
    }

    @Test
    @Tag("W15")
    void the_server_has_a_name_a_port_and_a_protocol() {
        refuses(
                environ -> environ.put("SERVER_NAME", ""),
                "W15, environ[\"SERVER_NAME\"]: expected a string that is not empty; found an empty string. Fix: always set it");
        refuses(
                environ -> environ.put("SERVER_PORT", "65536"),
                "W15, environ[\"SERVER_PORT\"]: expected a port in digits; found \"65536\"."
                        + " Fix: convert the number to text");
        refuses(
                environ -> environ.put("SERVER_PROTOCOL", "h2"),
                "W15, environ[\"SERVER_PROTOCOL\"]: expected a protocol such as HTTP/1.1 or HTTP/2; found \"h2\"."
                        + " Fix: name the protocol that the client speaks");
    }

    @Test
    @Tag("W16")
    void header_keys_are_upper_case() {
        refuses(
                environ -> environ.put("HTTP_x-id", "1"),
                "W16, environ: expected headers under HTTP_ and their name in upper case with _ for -;"
                        + " found the key \"HTTP_x-id\". Fix: make the key with Environ.headerKey");
    }

    @Test
    @Tag("W17")
    void a_proxy_header_is_dropped() {
        refuses(
                environ -> environ.put("HTTP_PROXY", "http://evil"),
                "W17, environ[\"HTTP_PROXY\"]: expected no such key; found one."
                        + " Fix: drop the request header Proxy (httpoxy)");
    }

    @Test
    @Tag("W18")
    void what_is_not_known_of_the_client_is_left_out() {
        refuses(
                environ -> environ.put("REMOTE_USER", ""),
                "W18, environ[\"REMOTE_USER\"]: expected a value, or no such key; found an empty string."
                        + " Fix: leave out what is not known");
        refuses(
                environ -> environ.put("REMOTE_PORT", "-1"),
                "W18, environ[\"REMOTE_PORT\"]: expected a port in digits; found \"-1\". Fix: convert the number to text");
    }

    @Test
    @Tag("W19")
    void https_and_the_scheme_agree_and_certificates_are_pem() {
        refuses(
                environ -> environ.put("HTTPS", "on"),
                "W19, environ[\"HTTPS\"]: expected on, where wsgi.url_scheme is https, or no such key; found \"on\"."
                        + " Fix: set both by the scheme that the client used");
        refuses(
                environ -> environ.put("SSL_CLIENT_CERT", "[X.509]"),
                "W19, environ[\"SSL_CLIENT_CERT\"]: expected a certificate in PEM; found \"[X.509]\"."
                        + " Fix: encode it as mod_ssl does");
    }

    @Test
    @Tag("W18")
    void an_address_has_no_brackets_and_the_usual_form() {
        refuses(
                environ -> environ.put("REMOTE_ADDR", "[0:0:0:0:0:0:0:1]"),
                "W18, environ[\"REMOTE_ADDR\"]: expected the address without brackets in the form of RFC 5952, ::1; found"
                        + " \"[0:0:0:0:0:0:0:1]\". Fix: normalize the container's address"
                        + " with IpAddress.normalized");
        accepts(environ -> environ.put("REMOTE_ADDR", "2001:db8::1"));
    }

    @Test
    @Tag("W22")
    void the_target_is_as_sent_if_it_is_present() {
        accepts(environ -> environ.put("RAW_URI", "/caf%C3%A9?q=\u00c3\u00a9"));
        refuses(
                environ -> environ.put("RAW_URI", "/two words"),
                "W22, environ[\"RAW_URI\"]: expected the target's path and query as sent; found \"/two words\"."
                        + " Fix: pass them on without decoding them, or leave out the key");
        refuses(
                environ -> environ.put("REQUEST_URI", ""),
                "W22, environ[\"REQUEST_URI\"]: expected the target's path and query as sent; found \"\"."
                        + " Fix: pass them on without decoding them, or leave out the key");
        refuses(
                environ -> environ.put("SERVER_SOFTWARE", ""),
                "W22, environ[\"SERVER_SOFTWARE\"]: expected a name; found an empty string."
                        + " Fix: name the server, or leave out the key");
    }

    @Test
    @Tag("W20")
    void cgi_variables_are_native_strings() {
        refuses(
                environ -> environ.put("SERVER_PORT", 8080),
                "W20, environ[\"SERVER_PORT\"]: expected a string; found java.lang.Integer."
                        + " Fix: convert it to a string, or use a key with a dot");
        refuses(
                environ -> environ.put("HTTP_X_NAME", "\u0416"),
                "W20, environ[\"HTTP_X_NAME\"]: expected one ISO-8859-1 char for each byte; found \"\\u0416\"."
                        + " Fix: decode bytes as ISO-8859-1, not as UTF-8");
    }

    @Test
    @Tag("W30")
    void the_version_is_1_0() {
        refuses(
                environ -> environ.put("wsgi.version", "1.0"),
                "W30, environ[\"wsgi.version\"]: expected WsgiVersion.CURRENT, (1, 0); found \"1.0\"."
                        + " Fix: set it for every request");
    }

    @Test
    @Tag("W31")
    void the_scheme_is_http_or_https() {
        refuses(
                environ -> environ.put("wsgi.url_scheme", "HTTP"),
                "W31, environ[\"wsgi.url_scheme\"]: expected http or https; found \"HTTP\". Fix: set it for every request");
    }

    @Test
    @Tag("W32")
    void the_input_is_a_stream() {
        refuses(
                environ -> environ.remove("wsgi.input"),
                "W32, environ[\"wsgi.input\"]: expected a value of type InputStream; found no such key. Fix: set it for every request");
    }

    @Test
    @Tag("W33")
    void the_error_stream_is_a_writer() {
        refuses(
                environ -> environ.put("wsgi.errors", "stderr"),
                "W33, environ[\"wsgi.errors\"]: expected a value of type PrintWriter; found \"stderr\". Fix: set it for every request");
    }

    @Test
    @Tag("W34")
    void multithread_is_true_or_false() {
        refuses(
                environ -> environ.put("wsgi.multithread", 1),
                "W34, environ[\"wsgi.multithread\"]: expected a value of type Boolean; found java.lang.Integer \"1\"."
                        + " Fix: set it for every request");
    }

    @Test
    @Tag("W35")
    void multiprocess_is_true_or_false() {
        refuses(
                environ -> environ.put("wsgi.multiprocess", "no"),
                "W35, environ[\"wsgi.multiprocess\"]: expected a value of type Boolean; found \"no\". Fix: set it for every request");
    }

    @Test
    @Tag("W36")
    void run_once_is_false() {
        refuses(
                environ -> environ.put("wsgi.run_once", true),
                "W36, environ[\"wsgi.run_once\"]: expected false, because the application is called again;"
                        + " found java.lang.Boolean \"true\". Fix: set it for every request");
    }

    @Test
    @Tag("W37")
    void own_keys_are_lower_case_and_the_request_has_an_id() {
        refuses(
                environ -> environ.put("gangway.Worker", "1"),
                "W37, environ: expected keys under gangway. in lower case; found the key \"gangway.Worker\"."
                        + " Fix: name it \"gangway.worker\", or choose a prefix of your own");
        refuses(
                environ -> environ.remove("gangway.request_id"),
                "W37, environ[\"gangway.request_id\"]: expected a value of type String; found no such key. Fix: set it for every request");
    }

    @Test
    @Tag("W38")
    void the_input_is_terminated() {
        refuses(
                environ -> environ.put("wsgi.input_terminated", false),
                "W38, environ[\"wsgi.input_terminated\"]: expected true, because the input ends where the body does;"
                        + " found java.lang.Boolean \"false\". Fix: set it for every request");
    }

    @Test
    @Tag("W39")
    void a_file_wrapper_is_offered() {
        refuses(
                environ -> environ.remove("wsgi.file_wrapper"),
                "W39, environ[\"wsgi.file_wrapper\"]: expected a value of type Factory; found no such key. Fix: set it for every request");
    }

    @Test
    @Tag("W42")
    void a_chunked_body_has_no_length() {
        refuses(
                environ -> {
                    environ.put("HTTP_TRANSFER_ENCODING", "chunked");
                    environ.put("CONTENT_LENGTH", "5");
                },
                "W42, environ[\"CONTENT_LENGTH\"]: expected no length beside Transfer-Encoding; found \"5\"."
                        + " Fix: drop the length of a chunked body (RFC 9112, section 6.3)");
    }

    private static void accepts(Consumer<Environ> change) {
        assertThatCode(() -> linted(HELLO).call(environ(change), ACCEPTING)).doesNotThrowAnyException();
    }

    private static void refuses(Consumer<Environ> change, String message) {
        assertThatThrownBy(() -> linted(HELLO).call(environ(change), ACCEPTING))
                .isInstanceOf(ServerViolation.class)
                .hasMessage(message);
    }
}
