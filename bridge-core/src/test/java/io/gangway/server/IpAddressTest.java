package io.gangway.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IpAddressTest {
    @ParameterizedTest
    @Tag("W18")
    @CsvSource({
        "127.0.0.1, 127.0.0.1",
        // as Jetty and Tomcat give it
        "[0:0:0:0:0:0:0:1], ::1",
        "0:0:0:0:0:0:0:1, ::1",
        "::, ::",
        "2001:DB8::1, 2001:db8::1",
        "2001:0db8:0000:0000:0000:0000:0000:0001, 2001:db8::1",
        // RFC 5952, section 4.2: the longest run, the first of two, and no single group
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:db8:1:1:1:1:0:0, 2001:db8:1:1:1:1::",
        "0:0:0:0:0:0:ffff:1, ::ffff:1",
        // the platform's whim, and the machine's own matter
        "::ffff:192.0.2.7, 192.0.2.7",
        "[::ffff:c000:207], 192.0.2.7",
        "fe80:0:0:0:0:0:0:1%eth0, fe80::1",
        "[fe80::1%2], fe80::1",
        // no addresses
        "shop.example, shop.example",
        "/run/shop.sock, /run/shop.sock",
        "a:b, a:b",
        "[], []",
        "'', ''",
    })
    void an_address_has_one_spelling(String given, String expected) {
        assertThat(IpAddress.normalized(given)).isEqualTo(expected);
    }
}
