package io.gangway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.net.URLClassLoader;
import org.junit.jupiter.api.RepeatedTest;

class OwnClassesTest {
    /** Twice from the same place: two web applications that share bridge-core, or one that is deployed again. */
    @RepeatedTest(2)
    void each_class_loader_loads_all_classes_of_the_place() throws Exception {
        URL place = OwnClasses.class.getProtectionDomain().getCodeSource().getLocation();
        try (WebApplication webApplication = new WebApplication(place)) {
            assertThat(webApplication.hasLoaded("io.gangway.deploy.Deployment")).isFalse();

            OwnClasses.loadWith(webApplication.loadClass("io.gangway.wsgi.Header"));

            assertThat(webApplication.hasLoaded("io.gangway.deploy.Deployment")).isTrue();
        }
    }

    private static final class WebApplication extends URLClassLoader {
        WebApplication(URL place) {
            super(new URL[] {place}, ClassLoader.getPlatformClassLoader());
        }

        boolean hasLoaded(String name) {
            return findLoadedClass(name) != null;
        }
    }
}
