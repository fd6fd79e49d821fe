package io.gangway.it.canaries;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/** The example {@code chat}: two browsers talk to each other. */
@OnServers(CanaryServer.TOMCAT)
final class ChatIT extends CanaryTest {
    ChatIT() {
        super(Canary.of("../../../../../examples/chat", "chat.app:app")
                .named("chat")
                // One worker: the room is in the memory of one.
                .with("gangway.workers", "1"));
    }

    @Override
    Canary prepare(Canary plain, CanaryServer on) throws IOException {
        return plain.reloadedBy(reload());
    }

    @Test
    void two_persons_talk_and_connect_again_after_a_reload() throws Exception {
        try (Chromium ann = come("ann");
                Chromium bob = come("bob")) {
            say(ann, "is anybody here?");
            hears(ann, "ann: is anybody here?");
            hears(bob, "ann: is anybody here?");
            say(bob, "I am ☕");
            hears(bob, "bob: I am ☕");
            hears(ann, "bob: I am ☕");
            bob.screenshot("talked");

            Files.write(reload(), new byte[] {'!'});
            // The new worker's room is empty, and a page that connects to it clears what it shows.
            ann.awaitNone(By.cssSelector("#messages li"));
            bob.awaitNone(By.cssSelector("#messages li"));
            say(ann, "again");
            hears(bob, "ann: again");
        }
    }

    @Test
    void a_binary_message_closes_its_senders_websocket_with_1003() throws Exception {
        try (Chromium eve = come("eve")) {
            eve.driver()
                    .executeScript("socket.addEventListener('close', event => { window.code = event.code; });"
                            + " socket.send(new Uint8Array(3))");
            eve.awaitTrue("window.code === 1003");
        }
    }

    private Chromium come(String name) throws IOException {
        Chromium browser =
                new Chromium(Places.target().resolve("screenshots-chat").resolve(name));
        browser.driver().get(deployed().base() + "/");
        browser.find(By.id("name")).sendKeys(name, Keys.TAB);
        browser.awaitTrue("socket.readyState === WebSocket.OPEN && socket.url.endsWith('name=" + name + "')");
        return browser;
    }

    private static void say(Chromium browser, String text) {
        browser.awaitTrue("socket.readyState === WebSocket.OPEN");
        browser.find(By.id("text")).sendKeys(text, Keys.ENTER);
    }

    private static void hears(Chromium browser, String text) {
        browser.awaitText(By.cssSelector("#messages li:last-child"), text);
    }

    private static Path reload() {
        return Places.target().resolve("canaries-chat.reload");
    }
}
