package io.gangway.it.canaries;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.logging.LogType;

/** NiceGUI, a finished product that lives on WebSockets, as persons use it: in browsers. */
@OnServers(CanaryServer.TOMCAT)
final class NiceGuiIT extends CanaryTest {
    NiceGuiIT() {
        // One worker: the state of a page is in the memory of one.
        super(Canary.of("nicegui", "shop:app").in(VirtualEnvironment.NICEGUI).with("gangway.workers", "1"));
    }

    @Override
    Canary prepare(Canary plain, CanaryServer on) throws IOException {
        return plain.reloadedBy(reload());
    }

    @Test
    void persons_click_and_type_and_each_has_a_page_of_their_own() throws Exception {
        try (Chromium ann = browser("ann");
                Chromium bob = browser("bob")) {
            ann.driver().get(deployed().base() + "/");
            bob.driver().get(deployed().base() + "/");
            ann.awaitText(By.id("cups"), "0 cups");
            ann.find(By.id("another")).click();
            ann.awaitText(By.id("cups"), "1 cups");
            ann.find(By.id("another")).click();
            ann.awaitText(By.id("cups"), "2 cups");
            bob.awaitText(By.id("cups"), "0 cups");
            bob.find(By.cssSelector("input")).sendKeys("Bob ☕");
            bob.awaitText(By.id("hello"), "hello Bob ☕");
            ann.awaitTrue("parseInt(document.getElementById('ticks').textContent) >= 5");
            ann.screenshot("clicked");
            bob.clickTo(By.linkText("the other page"), "this is the other page");
            for (Chromium each : new Chromium[] {ann, bob}) {
                assertThat(each.driver().manage().logs().get(LogType.BROWSER).getAll())
                        .as("what the browser complains about, but for an icon of the server itself")
                        .filteredOn(entry -> !entry.getMessage().contains("/favicon.ico"))
                        .isEmpty();
            }
        }
    }

    @Test
    void a_page_connects_again_after_a_reload() throws Exception {
        try (Chromium ann = browser("ann")) {
            ann.driver().get(deployed().base() + "/");
            ann.find(By.id("another")).click();
            ann.awaitText(By.id("cups"), "1 cups");
            Files.setLastModifiedTime(reload(), FileTime.from(Instant.now().plusSeconds(1)));
            // The new worker does not know the page, and so the page loads itself again.
            ann.awaitText(By.id("cups"), "0 cups");
            ann.find(By.id("another")).click();
            ann.awaitText(By.id("cups"), "1 cups");
        }
    }

    private Chromium browser(String name) throws IOException {
        return new Chromium(Places.target().resolve("screenshots-nicegui").resolve(name));
    }

    private static Path reload() {
        return Places.target().resolve("canaries-nicegui.reload");
    }
}
