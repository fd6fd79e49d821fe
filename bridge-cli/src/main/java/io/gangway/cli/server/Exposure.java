package io.gangway.cli.server;

import io.gangway.cli.config.Bind;
import io.gangway.deploy.CoreSettings;
import io.gangway.deploy.Settings;
import io.gangway.python.PythonSettings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;

/** A warning about development options on an address that other machines can reach. */
public final class Exposure {
    private static final String WATCH = "watch";

    private Exposure() {}

    /**
     * The warning about the first address that other machines can reach; empty if only this machine can reach the addresses, or if no such option is on. A Unix socket has no warning: its
     * directory's permissions decide which users may connect.
     */
    public static Optional<String> warning(Settings settings, List<Bind> binds) {
        return binds.stream().flatMap(bind -> warning(settings, bind).stream()).findFirst();
    }

    private static Optional<String> warning(Settings settings, Bind bind) {
        boolean isDevelopment = settings.get(CoreSettings.DEVELOPMENT);
        boolean isWatching = settings.get(PythonSettings.RELOAD).equals(WATCH);
        if (!(bind instanceof Bind.Port port) || !(isDevelopment || isWatching) || isOnlyForThisMachine(port.host())) {
            return Optional.empty();
        }
        String options =
                isDevelopment ? isWatching ? "--development and --reload=watch" : "--development" : "--reload=watch";
        String others = isDevelopment
                ? "they see the traceback of every error, with file names, source lines and exception messages"
                : "they get the code that was saved last, and see the traceback if it cannot be loaded";
        return Optional.of("gangway: WARNING: " + options + " on " + port.host() + " port " + port.port()
                + ", which other machines can reach: " + others
                + ". Fix: listen on this machine only, with --bind 127.0.0.1:" + port.port() + ", or run without "
                + options.replace(" and ", " and without "));
    }

    /** Whether only this machine can reach a host. An unknown host counts as such: the start fails with a message of its own. */
    private static boolean isOnlyForThisMachine(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return true;
        }
    }
}
