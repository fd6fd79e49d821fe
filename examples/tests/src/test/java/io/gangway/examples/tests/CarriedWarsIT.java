package io.gangway.examples.tests;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The examples whose WAR is built by {@code gangway war}, as programs. */
class CarriedWarsIT {
    @Test
    void the_pinboard_runs_from_its_war_with_its_data_outside() throws Exception {
        try (RunningProgram program = RunningProgram.startServe("flask-war", "--context-path=/board", "--workers=1")) {
            assertThat(program.get("/board/").body()).contains("<a href=\"/board/\">Pinboard</a>");
            assertThat(java.nio.file.Path.of("../flask-war/target/data/pins.sqlite"))
                    .exists();
        }
    }

    @Test
    void the_reading_list_runs_from_its_war_with_its_static_files() throws Exception {
        try (RunningProgram program = RunningProgram.startServe("django-war", "--workers=1")) {
            String login = program.get("/admin/login/").body();
            assertThat(login).contains("<title>Log in | Django site admin</title>");
            String styles = login.replaceFirst("(?s).*?href=\"(/static/\\S+\\.css)\".*", "$1");
            assertThat(program.get(styles).statusCode()).isEqualTo(200);
        }
    }
}
