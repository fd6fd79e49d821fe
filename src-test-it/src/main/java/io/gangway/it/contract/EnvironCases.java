package io.gangway.it.contract;

import static io.gangway.it.contract.Request.get;
import static io.gangway.it.contract.Request.post;
import static io.gangway.it.contract.Request.request;

import io.gangway.it.client.Answer;
import io.gangway.it.contract.Case.Transport;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;

/** W10-W22: the request as strings. */
public final class EnvironCases {
    /** The subject of the certificate that the suite's client shows. */
    public static final String CLIENT = "CN=Contract Client,O=Gangway";

    private EnvironCases() {}

    static List<Case> all() {
        return List.of(
                Case.of("passes_on_an_unknown_method", "W10")
                        .request(request("PURGE", "/x"))
                        .expect(answer -> answer.status(200).environ("REQUEST_METHOD", "PURGE")),
                Case.of("the_query_is_not_decoded", "W13")
                        .request(get("/?a=%20b+c&d=%C3%A9&d"))
                        .expect(answer -> answer.environ("QUERY_STRING", "a=%20b+c&d=%C3%A9&d")),
                Case.of("an_absent_query_is_the_empty_string", "W13")
                        .expect(answer -> answer.environ("QUERY_STRING", "")),
                Case.of("an_empty_query_is_the_empty_string", "W13")
                        .request(get("/?"))
                        .expect(answer -> answer.environ("QUERY_STRING", "")),
                Case.of("content_type_and_length_have_keys_of_their_own", "W14")
                        .request(post("/", "hello").header("Content-Type", "text/x-test;a=b"))
                        .expect(answer -> answer.environ("CONTENT_TYPE", "text/x-test;a=b")
                                .environ("CONTENT_LENGTH", "5")
                                .noEnviron("HTTP_CONTENT_TYPE")
                                .noEnviron("HTTP_CONTENT_LENGTH")),
                Case.of("content_type_and_length_are_absent_if_not_sent", "W14")
                        .expect(answer -> answer.noEnviron("CONTENT_TYPE").noEnviron("CONTENT_LENGTH")),
                Case.of("a_length_may_exceed_32_bits", "W14")
                        .needs(Trait.SOCKET)
                        .without(
                                Trait.STREAMED_BODY,
                                talk -> { // more than the disk that bodies may take, by default
                                    talk.send(
                                            "POST {base}/ HTTP/1.1\r\nHost: {host}\r\n{case}Content-Length: 5000000000\r\n\r\n");
                                    talk.connection().read("POST").status(413);
                                    talk.journal().times("called", 0);
                                })
                        .talk(talk -> {
                            talk.send(
                                    "POST {base}/ HTTP/1.1\r\nHost: {host}\r\n{case}Content-Length: 5000000000\r\n\r\n");
                            talk.connection().read("POST").environ("CONTENT_LENGTH", "5000000000");
                        }),
                Case.of("server_name_port_and_protocol_are_present", "W15")
                        .expect(answer -> answer.environ("SERVER_PROTOCOL", "HTTP/1.1")
                                .check(!answer.environ("SERVER_NAME").orElse("").isEmpty(), "SERVER_NAME")
                                .check(answer.environ("SERVER_PORT").orElse("").matches("[0-9]+"), "SERVER_PORT")),
                Case.of("a_client_of_1_0_may_leave_the_host_away", "W15")
                        .needs(Trait.SOCKET)
                        .talk(talk -> {
                            talk.send("GET {base}/ HTTP/1.0\r\n{case}\r\n");
                            talk.connection()
                                    .read("GET")
                                    .environ("SERVER_PROTOCOL", "HTTP/1.0")
                                    .noEnviron("HTTP_HOST")
                                    .environ("SERVER_PORT", talk.fill("{port}"))
                                    .endedCleanly();
                        }),
                Case.of("a_header_gets_a_key_in_upper_case", "W16")
                        .request(get("/").header("x-Some-ID", "a, b"))
                        .expect(answer -> answer.environ("HTTP_X_SOME_ID", "a, b")),
                Case.of("repeated_headers_are_joined_by_a_comma", "W16")
                        .request(get("/").header("X-R", "1")
                                .header("X-Other", "o")
                                .header("x-r", "2"))
                        .expect(answer -> answer.environ("HTTP_X_R", "1,2")),
                Case.of("repeated_cookies_are_joined_by_a_semicolon", "W16")
                        .request(get("/").header("Cookie", "a=1").header("Cookie", "b=2"))
                        .expect(answer -> answer.environ("HTTP_COOKIE", "a=1; b=2")),
                Case.of("an_empty_header_is_an_empty_string", "W16")
                        .request(get("/").header("X-Empty", ""))
                        .expect(answer -> answer.environ("HTTP_X_EMPTY", "").noEnviron("HTTP_X_ABSENT")),
                Case.of("header_bytes_beyond_ascii_are_native_text", "W16")
                        .request(get("/").header("X-Name", "caf\u00c3\u00a9 \u00ff"))
                        .expect(answer -> answer.environ("HTTP_X_NAME", "caf\u00c3\u00a9 \u00ff")),
                Case.of("a_header_with_an_underscore_is_dropped", "W17")
                        .request(get("/").header("X_User", "root")
                                .header("X-User", "guest")
                                .header("Content_Length", "7"))
                        .expect(answer -> answer.environ("HTTP_X_USER", "guest").noEnviron("CONTENT_LENGTH")),
                Case.of("the_proxy_header_is_dropped", "W17")
                        .request(get("/").header("Proxy", "http://evil").header("pROXY", "http://evil"))
                        .expect(answer -> answer.noEnviron("HTTP_PROXY")),
                Case.of("the_client_is_known_by_address_and_port", "W18")
                        .expect(answer -> answer.environ("REMOTE_ADDR", "127.0.0.1")
                                .check(answer.environ("REMOTE_PORT").orElse("").matches("[0-9]+"), "REMOTE_PORT")),
                Case.of("an_unchecked_password_makes_no_user", "W18")
                        .request(get("/").header("Authorization", "Basic cm9vdDpyb290"))
                        .expect(answer -> answer.environ("HTTP_AUTHORIZATION", "Basic cm9vdDpyb290")
                                .noEnviron("REMOTE_USER")
                                .noEnviron("AUTH_TYPE")),
                Case.of("nothing_speaks_of_tls_without_tls", "W19", "W31")
                        .request(get("/").header("SSL_CLIENT_S_DN", "CN=root").header("HTTPS", "on"))
                        .expect(answer -> answer.environ("wsgi.url_scheme", "http")
                                .noEnviron("HTTPS")
                                .noEnviron("SSL_PROTOCOL")
                                .noEnviron("SSL_CLIENT_S_DN")),
                Case.of("tls_is_told_with_its_cipher_and_session", "W19", "W31")
                        .over(Transport.TLS)
                        .expect(answer -> answer.environ("wsgi.url_scheme", "https")
                                .environ("HTTPS", "on")
                                .check(matches(answer, "SSL_CIPHER", "TLS_[A-Z0-9_]+"), "SSL_CIPHER")
                                .check(matches(answer, "SSL_CIPHER_USEKEYSIZE", "128|256"), "SSL_CIPHER_USEKEYSIZE")
                                .check(matches(answer, "SSL_SESSION_ID", "(?i)[0-9a-f]{64}"), "SSL_SESSION_ID")
                                .noEnviron("SSL_CLIENT_CERT")
                                .noEnviron("SSL_CLIENT_S_DN")),
                Case.of("the_version_of_tls_is_told", "W19")
                        .over(Transport.TLS)
                        .without(
                                Trait.TLS_PROTOCOL,
                                talk -> talk.ask(get("/"))
                                        .environ("HTTPS", "on")
                                        .noEnviron("SSL_PROTOCOL"))
                        .expect(answer -> answer.environ("SSL_PROTOCOL", "TLSv1.3")),
                Case.of("a_clients_certificate_is_told", "W19")
                        .over(Transport.TLS_WITH_CERTIFICATE)
                        .expect(answer -> answer.environ("SSL_CLIENT_S_DN", CLIENT)
                                .check(CLIENT.equals(subject(answer)), "the client's certificate in PEM")),
                Case.of("a_users_name_is_utf_8_and_the_scheme_is_spelled_as_in_cgi", "W18", "W20")
                        .mount("authenticated")
                        .expect(answer -> answer.environ("REMOTE_USER", "\u00c5\u0081ukasz")
                                .environ("AUTH_TYPE", "Basic")),
                Case.of("the_target_is_told_as_it_was_sent", "W22").talk(talk -> {
                    String target = "/a%20b/caf%C3%A9;v=1?x=%20&y";
                    Answer answer = talk.ask(get(target)).status(200);
                    answer.environ("RAW_URI", talk.fill("{base}" + target))
                            .environ("REQUEST_URI", talk.fill("{base}" + target))
                            .check(matches(answer, "SERVER_SOFTWARE", "Gangway/[0-9].*"), "SERVER_SOFTWARE");
                }),
                Case.of("the_target_tells_an_escaped_slash_from_a_slash", "W22", "W12")
                        .needs(Trait.ESCAPED_SLASH)
                        .request(get("/a%2Fb/c"))
                        .talk(talk -> talk.ask(get("/a%2Fb/c"))
                                .environ("PATH_INFO", "/a/b/c")
                                .environ("RAW_URI", talk.fill("{base}/a%2Fb/c"))),
                Case.of("every_cgi_variable_is_a_string", "W20")
                        .request(post("/?q", "body").header("X-A", "1"))
                        .application((environ, start, run) -> {
                            environ.forEach((key, value) -> {
                                if (key.indexOf('.') < 0 && !(value instanceof String)) {
                                    run.note("no string", key);
                                }
                            });
                            return Apps.text(start, "");
                        })
                        .expect(answer -> answer.status(200))
                        .journal(seen -> seen.times("no string", 0)));
    }

    private static boolean matches(Answer answer, String key, String pattern) {
        return answer.environ(key).orElse("").matches(pattern);
    }

    /** The certificate's subject, read from the environ as an application would read it. */
    private static String subject(Answer answer) {
        byte[] pem = Apps.bytes(answer.environ("SSL_CLIENT_CERT").orElse(""));
        try {
            X509Certificate certificate = (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem));
            return certificate.getSubjectX500Principal().getName();
        } catch (CertificateException e) {
            return e.toString();
        }
    }
}
