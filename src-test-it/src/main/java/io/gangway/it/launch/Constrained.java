package io.gangway.it.launch;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;

/** The common part of the servers with security constraints: four ways to mount the application, and the output of their ports. */
final class Constrained {
    /** The connector on the loopback address of IPv6. */
    static final String IPV6 = "ipv6";

    static final String SERVLET = "/servlet";
    static final String PREFIX = "/prefix";
    static final String FILTER = "/filter";
    /** A filter that asks the container first: its default. */
    static final String LAST_FILTER = "/last-filter";

    static final List<String> PATHS = List.of(SERVLET, PREFIX, FILTER, LAST_FILTER);

    private Constrained() {}

    static String mapping(String path) {
        return path.equals(PREFIX) ? "/app/*" : "/*";
    }

    static boolean isFilter(String path) {
        return path.equals(FILTER) || path.equals(LAST_FILTER);
    }

    /** The setting {@code gangway.filter-order}. */
    static String order(String path) {
        return path.equals(FILTER) ? "application-first" : "container-first";
    }

    /** The constrained paths of the application, {@code /admin/*}. */
    static String constrained(String path) {
        return path.equals(PREFIX) ? "/app/admin/*" : "/admin/*";
    }

    static void tell(String connector, int port) {
        System.out.println("CONNECTOR " + connector + " port=" + port);
    }

    static boolean hasIpv6() {
        byte[] loopback = new byte[16];
        loopback[15] = 1;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByAddress(loopback))) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
