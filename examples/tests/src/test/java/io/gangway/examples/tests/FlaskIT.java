package io.gangway.examples.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Only reads: the data may be those of a user who tried the example here. */
class FlaskIT {
    private static RunningProgram program;

    @BeforeAll
    static void start() throws Exception {
        program = RunningProgram.startServe("flask", "--workers=1", "--context-path=/board");
    }

    @AfterAll
    static void stop() {
        if (program != null) {
            program.close();
        }
    }

    @Test
    void answers_below_its_path() throws Exception {
        assertThat(program.get("/board/").body())
                .contains("<a href=\"/board/\">Pinboard</a>", "href=\"/board/static/pinboard.css\"");
        assertThat(program.get("/board/static/pinboard.css").statusCode()).isEqualTo(200);
    }

    @Test
    void a_wrong_form_is_flashed_once_on_the_next_page() throws Exception {
        HttpResponse<String> refused = program.post("/board/pins", "author=&words=");
        String session = refused.headers().firstValue("Set-Cookie").orElseThrow();

        assertThat(refused.statusCode()).isEqualTo(302);
        assertThat(refused.headers().firstValue("Location")).contains("/board/");
        assertThat(program.get("/board/", "Cookie", session.substring(0, session.indexOf(';')))
                        .body())
                .contains("A pin needs a name, and 1 to 280 characters.");
    }

    @Test
    void streams_and_downloads() throws Exception {
        assertThat(program.get("/board/live").body())
                .startsWith("line 1 of 10, from worker ")
                .contains("\nline 10 of 10, from worker ");
        assertThat(program.get("/board/pins.csv").headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/csv"));
    }

    @Test
    void has_an_error_page_of_its_own() throws Exception {
        HttpResponse<String> answer = program.get("/board/pins/0/file");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("This pin has no file, or there is no such pin.");
    }
}
