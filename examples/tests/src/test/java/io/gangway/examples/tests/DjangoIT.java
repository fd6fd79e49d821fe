package io.gangway.examples.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Only reads: the data may be those of a user who tried the example here. */
class DjangoIT {
    private static final Pattern TOKEN = Pattern.compile("name=\"csrfmiddlewaretoken\" value=\"(\\w+)\"");
    private static final Pattern STYLES = Pattern.compile("href=\"(/static/\\S+\\.css)\"");

    private static RunningProgram program;

    @BeforeAll
    static void start() throws Exception {
        program = RunningProgram.startServe("django", "--workers=1");
    }

    @AfterAll
    static void stop() {
        if (program != null) {
            program.close();
        }
    }

    @Test
    void has_a_form_that_django_checks() throws Exception {
        HttpResponse<String> page = program.get("/");
        String cookie = page.headers().firstValue("Set-Cookie").orElseThrow();
        String form = "csrfmiddlewaretoken=" + found(TOKEN, page.body()) + "&title=&author=Nobody";

        assertThat(program.post("/", form).statusCode()).isEqualTo(403);
        assertThat(program.post("/", form, "Cookie", cookie.substring(0, cookie.indexOf(';')))
                        .body())
                .contains("This field is required.", "value=\"Nobody\"");
    }

    @Test
    void has_its_admin_and_the_admins_static_files() throws Exception {
        HttpResponse<String> login = program.get("/admin/login/");

        assertThat(login.body()).contains("<title>Log in | Django site admin</title>");
        HttpResponse<String> styles = program.get(found(STYLES, login.body()));
        assertThat(styles.statusCode()).isEqualTo(200);
        assertThat(styles.headers().firstValue("Cache-Control"))
                .hasValueSatisfying(value -> assertThat(value).contains("immutable"));
    }

    private static String found(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        assertThat(matcher.find()).as("%s in %s", pattern, text).isTrue();
        return matcher.group(1);
    }
}
