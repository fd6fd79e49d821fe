package io.gangway.middleware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworksTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.1.2, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "10.1.2.3/8, 10.9.9.9, true",
        "192.0.2.128/25, 192.0.2.128, true",
        "192.0.2.128/25, 192.0.2.127, false",
        "192.0.2.7, 192.0.2.7, true",
        "192.0.2.7, 192.0.2.8, false",
        "0.0.0.0/0, 1.2.3.4, true",
        "0.0.0.0/0, ::1, false",
        "::/0, ::1, true",
        "::/0, 1.2.3.4, false",
        "::1, 0:0:0:0:0:0:0:1, true",
        "fd00::/8, fdff:1::2, true",
        "fd00::/8, fe00::, false",
        "2001:db8::/33, 2001:db8:7fff::, true",
        "2001:db8::/33, 2001:db8:8000::, false",
        "10.0.0.0/8, ::ffff:10.1.2.3, true",
        "10.0.0.0/8, ::ffff:a01:203, true",
        "fe80::/10, fe80::1%eth0, true",
        "10.0.0.0/8, localhost, false",
        "10.0.0.0/8, '', false",
        "10.0.0.0/8, 10.0.0, false",
    })
    void finds_whether_an_address_is_in_a_network(String network, String address, boolean expected) {
        assertThat(Networks.of(List.of(network)).contains(address)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "example.org",
                "10.0.0.0/33",
                "::/129",
                "10.0.0.0/",
                "10.0.0.0/-1",
                "10.0.0.0/+8",
                "10.0.0.0/8/8",
                "010.0.0.1",
                "256.0.0.1",
                "1.2.3",
                "1.2.3.4.5",
                "1..2.3",
                "0x7f.0.0.1",
                ":::",
                "1::2::3",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7::8",
                "12345::",
                "::g",
                "1.2.3.4::",
                "::1.2.3",
                ":1:2:3:4:5:6:7",
                "[::1]",
                "\u0661.2.3.4",
                "::1%lo"
            })
    void refuses_a_text_that_is_not_a_network(String text) {
        assertThatThrownBy(() -> Networks.of(List.of(text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("expected a network such as 10.0.0.0/8, 192.0.2.7 or fd00::/8; found \"");
    }
}
