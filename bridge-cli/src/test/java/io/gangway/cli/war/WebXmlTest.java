package io.gangway.cli.war;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WebXmlTest {
    @Test
    void settings_come_back_as_they_were_given() throws Exception {
        Map<String, String> settings =
                Map.of("gangway.application", "python:shop:app", "gangway.env.A", "<b> & \"c\"\r\nd\u00e9\ud83d\ude00");

        assertThat(WebXml.settings(new ByteArrayInputStream(WebXml.of("shop", settings))))
                .isEqualTo(settings);
    }

    @Test
    void makes_the_buffers_small_that_tomcat_has_for_each_websocket() {
        assertThat(new String(WebXml.of("shop", Map.of()), UTF_8))
                .containsSubsequence("org.apache.tomcat.websocket.binaryBufferSize", "<param-value>512</param-value>")
                .containsSubsequence("org.apache.tomcat.websocket.textBufferSize", "<param-value>512</param-value>");
    }

    @Test
    void tells_which_character_it_cannot_hold() {
        assertThat(WebXml.foreign("a\u0001b")).contains("U+0001");
        assertThat(WebXml.foreign("a\uffff")).contains("U+FFFF");
        assertThat(WebXml.foreign("a\ud800")).contains("U+D800");
        assertThat(WebXml.foreign("a\tb\r\n\u00e9\ud83d\ude00")).isEmpty();
    }
}
