package io.gangway.it.canaries;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.EnumSource;
import org.openqa.selenium.By;
import org.openqa.selenium.logging.LogType;

/** Django's admin as a person uses it: in a browser, with its scripts and styles. */
@EnumSource(names = "TOMCAT")
final class ChromiumIT extends CanaryTest {
    private @Nullable Path data;

    ChromiumIT() {
        super(DjangoSite.PROJECT.named("chromium"));
    }

    @Override
    Canary prepare(Canary plain, CanaryServer on) throws IOException, InterruptedException {
        data = Places.target().resolve("canaries-chromium-" + on.name());
        return DjangoSite.withData(plain, data);
    }

    @Test
    void a_person_logs_in_adds_uploads_searches_and_deletes() throws Exception {
        byte[] content = Bytes.pseudoRandom(100_000);
        Path scan = Files.write(Objects.requireNonNull(data).resolve("Größe & Gewicht.pdf"), content);
        try (Chromium browser = new Chromium(Places.target().resolve("screenshots"))) {
            logIn(browser);
            addTo(browser, "Kaffee aus Übersee", scan);
            addTo(browser, "Tee", scan);
            assertThat(Files.readAllBytes(Objects.requireNonNull(data).resolve("media/scans/Größe__Gewicht.pdf")))
                    .isEqualTo(content);
            search(browser);
            delete(browser);
            assertThat(browser.driver().manage().logs().get(LogType.BROWSER).getAll())
                    .as("what the browser complains about, but for an icon of the server itself")
                    .filteredOn(entry -> !entry.getMessage().contains("/favicon.ico"))
                    .isEmpty();
        }
    }

    private void logIn(Chromium browser) throws IOException {
        browser.driver().get(deployed().base() + "/admin/");
        browser.screenshot("1-login");
        browser.find(By.name("username")).sendKeys(DjangoSite.USER);
        browser.find(By.name("password")).sendKeys(DjangoSite.PASSWORD);
        browser.clickTo(By.cssSelector("input[type=submit]"), "Site administration");
        assertThat(browser.find(By.id("header")).getCssValue("background-color"))
                .as("the admin's style sheet")
                .isEqualTo("rgba(65, 118, 144, 1)");
        browser.screenshot("2-index");
    }

    private void addTo(Chromium browser, String title, Path scan) throws IOException {
        browser.driver().get(deployed().base() + "/admin/stock/document/");
        browser.clickTo(By.cssSelector("a.addlink[href='/shop/chromium/admin/stock/document/add/']"), "Add document");
        browser.find(By.name("title")).sendKeys(title);
        browser.find(By.name("scan")).sendKeys(scan.toString());
        browser.screenshot("3-add");
        browser.clickTo(By.name("_save"), "was added successfully");
        assertThat(browser.find(By.cssSelector("li.success")).getText()).contains("“" + title + "”");
        browser.screenshot("4-added");
    }

    private static void search(Chromium browser) throws IOException {
        browser.find(By.id("searchbar")).sendKeys("Übersee");
        browser.clickTo(By.cssSelector("#changelist-search input[type=submit]"), "0 of 1 selected");
        assertThat(browser.find(By.id("result_list")).getText())
                .contains("Kaffee aus Übersee")
                .doesNotContain("Tee");
        browser.screenshot("5-found");
    }

    private void delete(Chromium browser) throws IOException {
        browser.clickTo(By.linkText("Kaffee aus Übersee"), "Change document");
        browser.clickTo(By.cssSelector("a.deletelink"), "Are you sure");
        browser.screenshot("6-delete");
        browser.clickTo(By.cssSelector("input[type=submit]"), "was deleted successfully");
        browser.driver().get(deployed().base() + "/admin/stock/document/");
        assertThat(browser.find(By.id("result_list")).getText()).contains("Tee").doesNotContain("Übersee");
        browser.screenshot("7-deleted");
    }
}
