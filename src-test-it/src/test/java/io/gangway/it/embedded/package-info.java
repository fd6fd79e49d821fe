/** The promises of {@code GatewayServer} about connections and requests, over raw sockets, in HTTP/1.1 and HTTP/2. */
@NullMarked
package io.gangway.it.embedded;

import org.jspecify.annotations.NullMarked;
