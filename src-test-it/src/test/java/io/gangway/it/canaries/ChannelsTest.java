package io.gangway.it.canaries;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Django under ASGI with Channels: rooms in which the site's users talk, who are known by their sessions. */
abstract class ChannelsTest extends CanaryTest {
    ChannelsTest(Canary canary) {
        super(canary);
    }

    @Override
    Canary prepare(Canary plain, CanaryServer on) throws IOException, InterruptedException {
        return DjangoSite.withData(plain, Places.target().resolve("canaries-channels-" + on.name()));
    }

    @Test
    void knows_the_user_of_a_websocket_by_the_session() throws Exception {
        try (Talk harbour = talk("/talk/blue", loggedIn())) {
            assertThat(harbour.next()).matches("\\{\"user\": \"harbour\", \"documents\": \\d+\\}");
        }
        assertThat(Talk.refusal(headers("sessionid=none", origin()), deployed().base(), "/talk/blue"))
                .isEqualTo(403);
    }

    @Test
    void refuses_the_page_of_another_site() throws Exception {
        assertThat(Talk.refusal(
                        headers("sessionid=" + loggedIn(), "http://elsewhere.example"),
                        deployed().base(),
                        "/talk/blue"))
                .isEqualTo(403);
    }

    @Test
    void tells_what_one_says_to_all_who_are_in_the_room() throws Exception {
        String session = loggedIn();
        try (Talk first = talk("/talk/green", session);
                Talk second = talk("/talk/green", session);
                Talk elsewhere = talk("/talk/red", session)) {
            for (Talk each : new Talk[] {first, second, elsewhere}) {
                each.next();
                each.next();
            }
            first.say("{\"text\": \"Tür & Tor\"}");
            String said = "{\"user\": \"harbour\", \"text\": \"T\\u00fcr & Tor\"}";
            first.hears(said);
            second.hears(said);
            elsewhere.say("{\"text\": \"alone\"}").hears("{\"user\": \"harbour\", \"text\": \"alone\"}");
        }
    }

    @Test
    void serves_the_pages_of_the_site() throws Exception {
        Client client = client();
        client.follow(client.get("/admin/").status(302)).status(200).contains("Django administration");
        client.get("/links?x=%C3%A4")
                .status(200)
                .contains(
                        "\"reverse\": \"" + client.mount() + "/echo/a%20b/%C3%A4\"",
                        "\"here\": \"" + client.base() + "/links?x=%C3%A4\"");
        client.get("/boom").status(500).contains("Server Error (500)").lacks("kettle");
        awaitLog("RuntimeError: the kettle has exploded");
    }

    /** A WebSocket of the site's own page. */
    final Talk talk(String path, String session) throws IOException, InterruptedException {
        return Talk.with(headers("sessionid=" + session, origin()), deployed().base(), path);
    }

    /** The key of the session of a user who has logged in. */
    final String loggedIn() throws IOException, InterruptedException {
        Client client = client();
        Reply page = client.get("/admin/login/").status(200);
        client.form(
                        "/admin/login/",
                        new Form()
                                .field(
                                        "csrfmiddlewaretoken",
                                        page.find("name=\"csrfmiddlewaretoken\" value=\"(\\w+)\""))
                                .field("username", DjangoSite.USER)
                                .field("password", DjangoSite.PASSWORD)
                                .field("next", client.mount() + "/admin/"))
                .status(302);
        return client.cookie("sessionid");
    }

    private String origin() {
        return "http://" + deployed().base().getAuthority();
    }

    private static Map<String, String> headers(String cookie, String origin) {
        return Map.of("Cookie", cookie, "Origin", origin);
    }
}
