package io.gangway.servlet;

import io.gangway.deploy.Setting;
import io.gangway.deploy.Settings;
import java.time.Duration;
import java.util.List;

/**
 * What the settings say about WebSockets.
 *
 * @param maxMessage bytes of one message
 * @param maxQueue messages of one client that wait for the application
 * @param pingInterval between two pings; zero for none
 * @param pingTimeout for the pong
 */
record WebSocketLimits(long maxMessage, int maxQueue, Duration pingInterval, Duration pingTimeout) {
    static WebSocketLimits of(Settings settings) {
        return new WebSocketLimits(
                value(settings, ServletSettings.WS_MAX_MESSAGE),
                value(settings, ServletSettings.WS_MAX_QUEUE),
                value(settings, ServletSettings.WS_PING_INTERVAL),
                value(settings, ServletSettings.WS_PING_TIMEOUT));
    }

    /** A deployment that was started elsewhere may not know this module's settings. */
    private static <T> T value(Settings settings, Setting<T> setting) {
        return settings.definitions().contains(setting)
                ? settings.get(setting)
                : Settings.resolve(List.of(setting), List.of()).get(setting);
    }
}
