package io.gangway.it.canaries;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;

/** The machine's own Chromium, without a window, with a profile of its own. */
final class Chromium implements AutoCloseable {
    private static final Duration MAX_WAIT = Duration.ofSeconds(20);
    private static final Duration POLL = Duration.ofMillis(50);
    /** Warns at each start that it has no bindings for this very version of DevTools, which the tests do not use. */
    private static final Logger NOISE = Logger.getLogger("org.openqa.selenium.devtools.CdpVersionFinder");

    private final ChromeDriver driver;
    private final Path screenshots;

    Chromium(Path screenshots) throws IOException {
        this.screenshots = Files.createDirectories(screenshots);
        NOISE.setLevel(Level.SEVERE);
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(executable("chromedriver", "chromium-driver"))
                .withLogFile(screenshots.resolve("chromedriver.log").toFile())
                .build();
        ChromeOptions options = new ChromeOptions();
        options.setBinary(executable("chromium", "chromium"));
        options.setAcceptInsecureCerts(true); // a test's own
        options.addArguments(
                "--headless=new",
                "--user-data-dir=" + Places.empty(screenshots.resolve("profile")),
                "--window-size=1280,1000",
                "--no-first-run",
                "--no-proxy-server",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update");
        if (System.getProperty("user.name").equals("root")) {
            // Chromium's sandbox is for other users.
            options.addArguments("--no-sandbox");
        }
        driver = new ChromeDriver(service, options);
    }

    private static File executable(String name, String debian) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> new File(folder, name))
                .filter(File::canExecute)
                .findFirst()
                .orElseThrow(() -> Missing.onThisMachine("there is no " + name + ": install Debian's " + debian));
    }

    ChromeDriver driver() {
        return driver;
    }

    /** Waits until it is there. */
    WebElement find(By what) {
        return waiting().until(ExpectedConditions.visibilityOfElementLocated(what));
    }

    /** Clicks on a link to another page, and waits for that page's text. */
    void clickTo(By what, String text) {
        WebElement old = driver.findElement(By.tagName("html"));
        find(what).click();
        waiting().until(ExpectedConditions.stalenessOf(old));
        waiting().until(ExpectedConditions.textToBePresentInElementLocated(By.tagName("body"), text));
        CanaryTable.checked();
    }

    /** Waits until an element has a text. */
    void awaitText(By what, String text) {
        waiting().until(ExpectedConditions.textToBe(what, text));
        CanaryTable.checked();
    }

    /** Waits until there is no such element. */
    void awaitNone(By what) {
        waiting().until(ExpectedConditions.numberOfElementsToBe(what, 0));
        CanaryTable.checked();
    }

    /** Waits until an expression of JavaScript is true. */
    void awaitTrue(String expression) {
        waiting().until(ExpectedConditions.jsReturnsValue("return (" + expression + ") || null"));
        CanaryTable.checked();
    }

    private WebDriverWait waiting() {
        return new WebDriverWait(driver, MAX_WAIT, POLL);
    }

    void screenshot(String name) throws IOException {
        Files.write(screenshots.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
    }

    @Override
    public void close() {
        driver.quit();
    }
}
