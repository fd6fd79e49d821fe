package io.gangway.servlet;

import io.gangway.deploy.Setting;
import java.util.List;

/** The settings that this module adds; how they are written and where they come from is io.gangway.deploy's matter. */
public final class ServletSettings {
    /** Who is asked first where a {@link GatewayFilter} stands before a container's own servlets. */
    public static final Setting<GatewayFilter.Order> FILTER_ORDER = Setting.choice(
                    "filter-order",
                    GatewayFilter.Order.class,
                    "For a GatewayFilter: who is asked first; the other one gets what that one answers 404 or 405.")
            .withDefault(GatewayFilter.Order.CONTAINER_FIRST);

    /** Whether {@code %2F} in a path reaches the application where the container's security constraints may not have seen a slash. */
    public static final Setting<EncodedSlash> ENCODED_SLASH = Setting.choice(
                    "encoded-slash",
                    EncodedSlash.class,
                    "What becomes of `%2F` in a path that the container did not decode before it matched its security constraints (in"
                            + " Jetty: of any): 400, or it reaches the application as a slash. Accept it only where no constraint"
                            + " of the container protects a path of the application.")
            .withDefault(EncodedSlash.REFUSE);

    /** What becomes of {@code %2F} in a path. */
    public enum EncodedSlash {
        /** The request is answered 400. */
        REFUSE,
        /** The application sees a slash. */
        ACCEPT
    }

    private ServletSettings() {}

    /**
     * All of them.
     *
     * @return in the order in which they are documented
     */
    public static List<Setting<?>> all() {
        return List.of(FILTER_ORDER, ENCODED_SLASH);
    }
}
