package io.gangway.cli;

import io.gangway.deploy.CoreSettings;
import io.gangway.deploy.Settings;
import io.gangway.python.PythonSettings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** What is meant for one's own machine, on an address that other machines reach. */
final class Exposure {
    private static final String WATCH = "watch";

    private Exposure() {}

    /**
     * What is to be said about it, loudly; nothing where only this machine reaches the address, or nothing of the kind is on. Who may
     * connect to a Unix socket is a matter of its directory's permissions.
     */
    static Optional<String> warning(Settings settings, Bind bind) {
        boolean isDevelopment = settings.get(CoreSettings.DEVELOPMENT);
        boolean isWatching = settings.get(PythonSettings.RELOAD).equals(WATCH);
        if (!(bind instanceof Bind.Port port) || !(isDevelopment || isWatching) || isOnlyForThisMachine(port.host())) {
            return Optional.empty();
        }
        String options =
                isDevelopment ? isWatching ? "--development and --reload=watch" : "--development" : "--reload=watch";
        String others = isDevelopment
                ? "they see the traceback of every error, with file names, source lines and what the messages contain"
                : "they get whatever code was saved last, and see the traceback where it cannot be loaded";
        return Optional.of("gangway: WARNING: " + options + " on " + port.host() + " port " + port.port()
                + ", which other machines can reach: " + others
                + ". Fix: listen on this machine only, with --bind 127.0.0.1:" + port.port() + ", or run without "
                + options.replace(" and ", " and without "));
    }

    /** A host that is unknown cannot be listened on, which is said elsewhere. */
    private static boolean isOnlyForThisMachine(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return true;
        }
    }
}
