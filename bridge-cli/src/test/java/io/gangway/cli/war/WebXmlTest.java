package io.gangway.cli.war;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WebXmlTest {
    @Test
    void settings_come_back_as_they_were_given() throws Exception {
        Map<String, String> settings = Map.of("gangway.application", "python:shop:app", "gangway.env.A", "<b> & \"c\"");

        assertThat(WebXml.settings(new ByteArrayInputStream(WebXml.of("shop", settings))))
                .isEqualTo(settings);
    }
}
