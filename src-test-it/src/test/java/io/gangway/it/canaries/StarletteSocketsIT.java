package io.gangway.it.canaries;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Starlette's WebSockets. */
@OnServers({CanaryServer.JETTY, CanaryServer.TOMCAT, CanaryServer.WAR_TOMCAT_10})
final class StarletteSocketsIT extends CanaryTest {
    StarletteSocketsIT() {
        super(Canary.of("starlette", "shop:app").named("starlette-sockets"));
    }

    @Test
    void talks_below_the_mount_point() throws Exception {
        try (Talk talk = Talk.to(deployed().base(), "/talk?a=%C3%A4", "v9", "chat")) {
            assertThat(talk.subprotocol()).isEqualTo("chat");
            talk.hears(
                    "{\"path\":\"/shop/starlette-sockets/talk\",\"root\":\"/shop/starlette-sockets\",\"query\":{\"a\":\"ä\"}}");
            talk.say("tea").hears("TEA").say("ä ☕ 🫖").hears("Ä ☕ 🫖");
            String text = "x".repeat(100_000);
            talk.say(text).hears(text.toUpperCase(Locale.ROOT));
            talk.say("close").hears("closed 4001 as you wish");
        }
    }

    @Test
    void denies_with_a_status_of_its_own_or_403() {
        assertThat(Talk.refusal(deployed().base(), "/deny")).isEqualTo(401);
        assertThat(Talk.refusal(deployed().base(), "/refuse")).isEqualTo(403);
        assertThat(Talk.refusal(deployed().base(), "/nowhere")).isEqualTo(403);
    }
}
