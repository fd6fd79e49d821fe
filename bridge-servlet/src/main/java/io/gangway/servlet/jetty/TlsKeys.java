package io.gangway.servlet.jetty;

import static java.util.Objects.requireNonNull;

import java.security.KeyStore;
import java.util.Optional;

/**
 * With what a server identifies itself in TLS, and whose clients it accepts.
 *
 * <p>Immutable as long as nobody changes the key stores.
 *
 * @param identity has one private key, with its certificate and those of the authorities between it and its root
 * @param password protects the private key
 * @param clientAuthorities has the certificates of the authorities one of which must have signed each client's certificate; if it is empty, clients need none
 */
public record TlsKeys(KeyStore identity, String password, Optional<KeyStore> clientAuthorities) {
    /** Checks that no part is null. */
    public TlsKeys {
        requireNonNull(identity, "identity");
        requireNonNull(password, "password");
        requireNonNull(clientAuthorities, "clientAuthorities");
    }

    /** Shows no key. */
    @Override
    public String toString() {
        return "TlsKeys" + (clientAuthorities.isPresent() ? " with client authorities" : "");
    }
}
