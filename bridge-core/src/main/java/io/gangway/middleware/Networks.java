package io.gangway.middleware;

import static io.gangway.wsgi.RuleViolation.quote;

import io.gangway.exchange.RequestFacts;
import io.gangway.server.IpAddress;
import java.util.ArrayList;
import java.util.List;

/** A set of IP networks, written as CIDR blocks or single addresses; {@code unix} stands for Unix sockets, whose peers have no address. */
final class Networks {
    private record Network(IpAddress address, int prefixLength) {}

    private static final String UNIX = "unix";

    private final List<Network> networks;
    private final boolean hasUnixSockets;

    private Networks(List<Network> networks, boolean hasUnixSockets) {
        this.networks = networks;
        this.hasUnixSockets = hasUnixSockets;
    }

    /**
     * Reads networks.
     *
     * @param texts for example {@code 10.0.0.0/8}, {@code 192.0.2.7}, {@code fd00::/8}, {@code ::1}
     * @throws IllegalArgumentException if one is malformed; the message has the first such text
     */
    static Networks of(List<String> texts) {
        List<Network> networks = new ArrayList<>();
        for (String text : texts) {
            if (!text.equals(UNIX)) {
                networks.add(parse(text));
            }
        }
        return new Networks(List.copyOf(networks), texts.contains(UNIX));
    }

    /** Whether the peer of a request's connection is among them. The address of a Unix socket's peer is made up, and is not asked. */
    boolean containPeerOf(RequestFacts facts) {
        return facts.isOverUnixSocket() ? hasUnixSockets : contains(TrustedProxies.peer(facts));
    }

    /** Whether a literal address lies in one of the networks; false if the text is not an address. */
    boolean contains(String address) {
        int zone = address.indexOf('%'); // servers report link-local addresses with the interface's name
        return IpAddress.parse(zone < 0 ? address : address.substring(0, zone))
                .filter(this::contains)
                .isPresent();
    }

    boolean contains(IpAddress address) {
        for (Network network : networks) {
            if (network.address().sharesPrefix(address, network.prefixLength())) {
                return true;
            }
        }
        return false;
    }

    private static Network parse(String text) {
        int slash = text.indexOf('/');
        IpAddress address =
                IpAddress.parse(slash < 0 ? text : text.substring(0, slash)).orElseThrow(() -> malformed(text));
        if (slash < 0) {
            return new Network(address, address.bits());
        }
        String length = text.substring(slash + 1);
        if (!length.matches("[0-9]{1,3}") || Integer.parseInt(length) > address.bits()) {
            throw malformed(text);
        }
        return new Network(address, Integer.parseInt(length));
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException("expected a network such as 10.0.0.0/8, 192.0.2.7 or fd00::/8; found "
                + quote(text) + ". Fix: write an address or a CIDR block; names are not looked up");
    }
}
