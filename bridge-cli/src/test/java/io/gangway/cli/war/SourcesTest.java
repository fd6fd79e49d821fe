package io.gangway.cli.war;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourcesTest {
    @TempDir
    private Path folder;

    private void write(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content, ISO_8859_1);
    }

    @Test
    void leaves_out_secrets_databases_and_environments_and_says_so() throws Exception {
        write("shop/__init__.py", "app = None");
        write("shop/templates/page.html", "<p>");
        write("shop/.env", "SECRET=1");
        write("shop/production.env", "SECRET=1");
        write("shop/.git/HEAD", "ref");
        write("shop/data.sqlite3", "");
        write("shop/store.dat", "SQLite format 3\0rest");
        write("shop/venv/pyvenv.cfg", "home = /usr");
        write("shop/venv/lib/x.py", "");
        write("shop/__pycache__/x.pyc", "");

        Sources sources = new Sources(folder);
        sources.add("shop");

        assertThat(sources.files()).containsOnlyKeys("shop/__init__.py", "shop/templates/page.html");
        assertThat(sources.leftOut())
                .containsExactlyInAnyOrder(
                        "shop/.env (a file of secrets)",
                        "shop/production.env (a file of secrets)",
                        "shop/.git (hidden)",
                        "shop/data.sqlite3 (a database)",
                        "shop/store.dat (a database)",
                        "shop/venv (a virtual environment)");
    }

    @Test
    void a_secret_that_is_named_is_refused() throws Exception {
        write(".env", "SECRET=1");

        assertThatThrownBy(() -> new Sources(folder).add(".env"))
                .isInstanceOf(WarException.class)
                .hasMessageStartingWith(
                        "--include .env: it is a file of secrets, which is never put into a WAR. Fix: ");
    }

    @Test
    void what_is_missing_or_outside_is_refused() {
        assertThatThrownBy(() -> new Sources(folder).add("shpo"))
                .hasMessage("--include shpo: there is no " + folder.resolve("shpo")
                        + ". Fix: name files or directories in " + folder);
        assertThatThrownBy(() -> new Sources(folder).add("../other"))
                .hasMessageStartingWith("--include ../other: it is not in " + folder);
    }
}
