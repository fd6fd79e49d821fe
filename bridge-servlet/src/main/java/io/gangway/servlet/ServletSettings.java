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

    private ServletSettings() {}

    /**
     * All of them.
     *
     * @return in the order in which they are documented
     */
    public static List<Setting<?>> all() {
        return List.of(FILTER_ORDER);
    }
}
