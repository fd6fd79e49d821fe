/** What a server needs of its machine: addresses, keys, files and signals. */
@NullMarked
package io.gangway.cli.server;

import org.jspecify.annotations.NullMarked;
