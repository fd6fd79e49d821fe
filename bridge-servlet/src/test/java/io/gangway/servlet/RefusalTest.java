package io.gangway.servlet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Collections.enumeration;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.gangway.servlet.Refusal.Status;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.ArgumentCaptor;

class RefusalTest {
    private final HttpServletRequest request = mock(HttpServletRequest.class);
    private final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    RefusalTest() {
        when(request.getMethod()).thenReturn("POST");
        when(request.getProtocol()).thenReturn("HTTP/1.1");
        when(request.getScheme()).thenReturn("http");
        when(request.getRequestURI()).thenReturn("/shop/cart");
        when(request.getHeaders(anyString()))
                .thenAnswer(call -> enumeration(headers.getOrDefault(call.<String>getArgument(0), List.of())));
        when(request.getHeader(anyString())).thenAnswer(call -> {
            List<String> values = headers.getOrDefault(call.<String>getArgument(0), List.of());
            return values.isEmpty() ? null : values.get(0);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "shop.example",
                "shop.example:8080",
                "shop.example:",
                "shop.example:65535",
                "shop.example:000080",
                "my_service",
                "[::1]:80",
                "[2001:db8::1]",
                "127.0.0.1",
                "caf%C3%A9.example",
                ""
            })
    void lets_through_what_names_a_host(String host) {
        headers.put("Host", List.of(host));
        headers.put("Content-Type", List.of("text/plain"));
        headers.put("Transfer-Encoding", List.of("chunked"));
        when(request.getQueryString()).thenReturn("q=caf\u00e9");

        assertThat(Refusal.of(request, false)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "user@shop.example",
                "shop.example/path",
                "a, b",
                "a b",
                "[::1",
                "::1",
                "a:b",
                "a:80:80",
                "a:65536",
                "a:99999999999999999999",
                ":80",
                "caf\u00e9"
            })
    void refuses_what_names_no_host(String host) {
        headers.put("Host", List.of(host));

        assertThat(Refusal.of(request, false))
                .isEqualTo(new Refusal(
                        Status.BAD_REQUEST,
                        "The header Host is neither a name nor an address (RFC 9112, section 3.2).",
                        false));
    }

    @Test
    void a_host_of_any_length_is_judged() {
        String longest = "a".repeat(1 << 16); // longer than any container accepts
        headers.put("Host", List.of(longest + "%41".repeat(1 << 14) + ":80"));
        assertThat(Refusal.of(request, false)).isNull();

        headers.put("Host", List.of(longest + "@"));
        assertThat(reason()).isEqualTo("The header Host is neither a name nor an address (RFC 9112, section 3.2).");
    }

    @ParameterizedTest
    @Tag("W21")
    @CsvSource(
            delimiter = '|',
            value = {
                "Host           | RFC 9112, section 3.2",
                "Content-Type   | RFC 9110, section 8.3",
                "Content-Length | RFC 9110, section 8.6",
                "Authorization  | RFC 9110, section 11.6.2",
            })
    void refuses_a_header_that_may_come_once_and_comes_twice(String name, String section) {
        headers.put(name, List.of("7", "7"));

        assertThat(Refusal.of(request, false))
                .isEqualTo(new Refusal(
                        Status.BAD_REQUEST, "The header " + name + " came twice (" + section + ").", false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.0", "HTTP/2.0", "HTTP/2"})
    void refuses_transfer_codings_where_there_are_none_and_closes(String protocol) {
        when(request.getProtocol()).thenReturn(protocol);
        headers.put("Transfer-Encoding", List.of("chunked"));

        assertThat(Refusal.of(request, false))
                .isEqualTo(new Refusal(
                        Status.BAD_REQUEST,
                        "The header Transfer-Encoding is for HTTP/1.1 only (RFC 9112, section 6.1; RFC 9113, section 8.2.2).",
                        true));
    }

    @Test
    void refuses_transfer_codings_that_the_container_does_not_undo() {
        headers.put("Transfer-Encoding", List.of("gzip, chunked"));

        assertThat(Refusal.of(request, false))
                .isEqualTo(new Refusal(
                        Status.NOT_IMPLEMENTED,
                        "This server supports only the transfer coding chunked (RFC 9112, section 6.1).",
                        true));
    }

    @Test
    @Tag("W31")
    void refuses_a_scheme_that_is_not_http() {
        when(request.getScheme()).thenReturn("ftp");

        assertThat(reason()).isEqualTo("The target's scheme is neither http nor https (RFC 9110, section 7.4).");
    }

    @Test
    @Tag("W13")
    void refuses_bytes_that_the_container_has_lost() {
        String lost =
                "The target holds raw bytes that are not UTF-8; send them percent-encoded (RFC 9112, section 3.2).";
        when(request.getQueryString()).thenReturn("q=\ufffdx");
        assertThat(reason()).isEqualTo(lost);

        when(request.getQueryString()).thenReturn(null);
        when(request.getRequestURI()).thenReturn("/\ufffd");
        assertThat(reason()).isEqualTo(lost);
    }

    @Test
    void a_connect_is_answered_405_without_a_method_that_would_do() throws IOException {
        when(request.getMethod()).thenReturn("CONNECT");
        HttpServletResponse response = mock(HttpServletResponse.class);
        ServletOutputStream output = mock(ServletOutputStream.class);
        when(response.getOutputStream()).thenReturn(output);

        requireNonNull(Refusal.of(request, false)).send(response);

        verify(response).setStatus(405);
        verify(response).setHeader("Allow", "");
        verify(response).setHeader("Connection", "close");
        assertThat(written(output))
                .isEqualTo("405 Method Not Allowed\nThis server is not a proxy (RFC 9110, section 9.3.6).\n");
    }

    @Test
    void a_refusal_that_leaves_the_framing_clear_keeps_the_connection() throws IOException {
        headers.put("Content-Type", List.of("a/b", "c/d"));
        HttpServletResponse response = mock(HttpServletResponse.class);
        ServletOutputStream output = mock(ServletOutputStream.class);
        when(response.getOutputStream()).thenReturn(output);

        requireNonNull(Refusal.of(request, false)).send(response);

        verify(response).setStatus(400);
        verify(response).setHeader("Cache-Control", "no-store");
        verify(response, never()).setHeader("Connection", "close");
        assertThat(written(output))
                .isEqualTo("400 Bad Request\nThe header Content-Type came twice (RFC 9110, section 8.3).\n");
    }

    private String reason() {
        return requireNonNull(Refusal.of(request, false)).reason();
    }

    private static String written(ServletOutputStream output) throws IOException {
        ArgumentCaptor<byte[]> bytes = ArgumentCaptor.forClass(byte[].class);
        verify(output).write(bytes.capture());
        return new String(bytes.getValue(), UTF_8);
    }
}
