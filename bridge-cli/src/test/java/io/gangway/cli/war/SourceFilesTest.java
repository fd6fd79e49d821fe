package io.gangway.cli.war;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceFilesTest {
    @TempDir
    private Path folder;

    private SourceFiles sources() {
        return new SourceFiles(folder, folder.resolve("shop.war"));
    }

    private void link(String name, String target) throws IOException {
        Files.createSymbolicLink(folder.resolve(name), Path.of(target));
    }

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

        SourceFiles sources = sources();
        sources.add("shop");

        assertThat(sources.files()).containsOnlyKeys("shop/__init__.py", "shop/templates/page.html");
        assertThat(sources.leftOut())
                .containsExactlyInAnyOrder(
                        "shop/.env (a file of secrets)",
                        "shop/production.env (a file of secrets)",
                        "shop/.git (a Git repository)",
                        "shop/data.sqlite3 (a database)",
                        "shop/store.dat (a database)",
                        "shop/venv (a virtual environment)");
    }

    @Test
    void a_secret_that_is_named_is_refused() throws Exception {
        write(".env", "SECRET=1");

        assertThatThrownBy(() -> sources().add(".env"))
                .isInstanceOf(WarException.class)
                .hasMessageStartingWith("--include .env: .env (a file of secrets) is never put into a WAR. Fix: ");
    }

    @Test
    void what_is_missing_or_outside_is_refused() {
        assertThatThrownBy(() -> sources().add("shpo"))
                .hasMessage("--include shpo: there is no " + folder.resolve("shpo")
                        + ". Fix: name files or directories in " + folder);
        assertThatThrownBy(() -> sources().add("../other"))
                .hasMessageStartingWith("--include ../other: it is not in " + folder);
    }

    @Test
    void a_link_is_left_out_as_its_target_would_be() throws Exception {
        write("shop/app.py", "app = None");
        write("shop/templates/page.html", "<p>");
        write("shop/.env", "SECRET=1");
        write("shop/.git/config", "[remote]");
        write("shop/data.db", "");
        write("shop/venv/pyvenv.cfg", "home = /usr");
        write("shop/venv/lib/x.py", "");
        write("other/notes.txt", "");
        link("shop/settings", ".env");
        link("shop/history", ".git/config");
        link("shop/rows", "data.db");
        link("shop/lib", "venv/lib");
        link("shop/pages", "templates");
        link("shop/notes.txt", "../other/notes.txt");
        link("shop/other", "../other");
        Path other = folder.toRealPath().resolve("other");

        SourceFiles sources = sources();
        sources.add("shop");

        assertThat(sources.files()).containsOnlyKeys("shop/app.py", "shop/templates/page.html", "shop/pages/page.html");
        assertThat(sources.leftOut())
                .containsExactlyInAnyOrder(
                        "shop/.env (a file of secrets)",
                        "shop/.git (a Git repository)",
                        "shop/data.db (a database)",
                        "shop/venv (a virtual environment)",
                        "shop/settings (a file of secrets)",
                        "shop/history (a Git repository)",
                        "shop/rows (a database)",
                        "shop/lib (a virtual environment)",
                        "shop/notes.txt (a link to " + other.resolve("notes.txt") + ", outside of shop)",
                        "shop/other (a link to " + other + ", outside of shop)");
    }

    @Test
    void upper_case_in_a_name_does_not_matter() throws Exception {
        write("shop/PROD.ENV", "SECRET=1");
        write("shop/DB.SQLITE3", "");
        write("shop/App.PY", "");

        SourceFiles sources = sources();
        sources.add("shop");

        assertThat(sources.files()).containsOnlyKeys("shop/App.PY");
        assertThat(sources.leftOut())
                .containsExactlyInAnyOrder("shop/PROD.ENV (a file of secrets)", "shop/DB.SQLITE3 (a database)");
    }

    @ParameterizedTest
    @CsvSource({
        "shop/.git/config, shop/.git (a Git repository)",
        "venv/lib/x.py, venv (a virtual environment)",
        "shop/.cache/page, shop/.cache (hidden)",
        "settings, .env (a file of secrets)",
        "history/config, shop/.git (a Git repository)",
        "shop.war, shop.war (the file that this command writes)"
    })
    void a_named_file_is_refused_because_of_any_part_of_its_path(String include, String refused) throws Exception {
        write(".env", "SECRET=1");
        write("shop/.git/config", "[remote]");
        write("shop/.cache/page", "");
        write("venv/pyvenv.cfg", "home = /usr");
        write("venv/lib/x.py", "");
        write("shop.war", "PK");
        link("settings", ".env");
        link("history", "shop/.git");

        assertThatThrownBy(() -> sources().add(include))
                .isInstanceOf(WarException.class)
                .hasMessageStartingWith("--include " + include + ": " + refused + " is never put into a WAR. Fix: ");
    }

    @Test
    void a_named_link_may_lead_out_of_the_directory_but_not_to_secrets(@TempDir Path elsewhere) throws Exception {
        Path hidden = Files.createDirectories(elsewhere.resolve(".releases/shop"));
        Files.createFile(hidden.resolve("app.py"));
        Path repository = Files.createDirectories(elsewhere.resolve(".git/hooks"));
        link("shop", hidden.toString());
        link("hooks", repository.toString());

        SourceFiles sources = sources();
        sources.add("shop");

        assertThat(sources.files()).containsOnlyKeys("shop/app.py");
        assertThatThrownBy(() -> sources().add("hooks"))
                .hasMessageStartingWith(
                        "--include hooks: " + elsewhere.toRealPath().resolve(".git")
                                + " (a Git repository) is never put into a WAR. Fix: ");
    }

    @Test
    void the_file_that_is_written_is_not_packed_into_itself() throws Exception {
        write("app.py", "app = None");
        write("shop.war", "PK of an earlier run");
        write("other.war", "PK");
        link("latest.war", "shop.war");

        SourceFiles sources = sources();
        sources.add(".");

        assertThat(sources.files()).containsOnlyKeys("app.py", "other.war");
        assertThat(sources.leftOut())
                .containsExactlyInAnyOrder(
                        "shop.war (the file that this command writes)",
                        "latest.war (the file that this command writes)");
    }
}
