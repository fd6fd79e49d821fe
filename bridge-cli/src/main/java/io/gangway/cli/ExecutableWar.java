package io.gangway.cli;

import io.gangway.cli.war.WebXml;
import io.gangway.deploy.Setting;
import io.gangway.deploy.SettingSource;
import io.gangway.servlet.ServletSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The WAR that this command runs from, with {@code java -jar shop.war}. */
final class ExecutableWar {
    private static final String DESCRIPTOR = "/WEB-INF/web.xml";

    private ExecutableWar() {}

    static boolean isRunning() {
        return ExecutableWar.class.getResource(DESCRIPTOR) != null;
    }

    /** The arguments of a WAR are those of {@code run}, unless the first one is a command. */
    static String[] arguments(String[] arguments, Set<String> commands) {
        if (!isRunning() || (arguments.length > 0 && commands.contains(arguments[0]))) {
            return arguments;
        }
        List<String> all = new ArrayList<>(List.of("run"));
        all.addAll(List.of(arguments));
        return all.toArray(String[]::new);
    }

    /** The settings in its web.xml, without those that only a container has. */
    static SettingSource settings(Collection<? extends Setting<?>> known) {
        try (InputStream descriptor = ExecutableWar.class.getResourceAsStream(DESCRIPTOR)) {
            if (descriptor == null) {
                return SettingSource.contextParams(Map.of());
            }
            Set<String> foreign = ServletSettings.all().stream()
                    .filter(setting -> !known.contains(setting))
                    .map(Setting::key)
                    .collect(Collectors.toSet());
            Map<String, String> settings = WebXml.settings(descriptor);
            settings.keySet().removeAll(foreign);
            return SettingSource.contextParams(settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
