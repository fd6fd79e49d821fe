package io.gangway.examples.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RegisteredIT {
    private static RunningProgram program;

    @BeforeAll
    static void start() throws Exception {
        program = RunningProgram.start(
                "launcher/target/launcher.jar",
                "registered/target/registered.war",
                "--users",
                "registered/users.properties");
    }

    @AfterAll
    static void stop() {
        program.close();
    }

    @Test
    void the_servlet_that_was_there_before_answers() throws Exception {
        assertThat(program.get("/health").body()).isEqualToIgnoringNewLines("well");
    }

    @Test
    void the_container_asks_for_a_login() throws Exception {
        HttpResponse<String> response = program.get("/members/");

        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(response.headers().firstValue("WWW-Authenticate").orElse(""))
                .startsWith("Basic realm=\"Gangway examples\"");
    }

    @Test
    void the_containers_user_reaches_the_application() throws Exception {
        HttpResponse<String> response = program.get("/members/", "Authorization", basic("ada", "lovelace"));

        assertThat(response.body()).isEqualTo("Welcome aboard, ada\n");
        assertThat(response.headers().allValues("X-Content-Type-Options")).containsExactly("nosniff");
    }

    @Test
    void a_user_without_the_role_is_refused() throws Exception {
        assertThat(program.get("/members/", "Authorization", basic("bob", "builder"))
                        .statusCode())
                .isEqualTo(403);
    }

    private static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
    }
}
