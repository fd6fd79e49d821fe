package io.gangway.asgi;

import static java.util.Objects.requireNonNull;

import io.gangway.wsgi.Header;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One HTTP request.
 *
 * @param method in the client's spelling; nearly always capitals
 * @param httpVersion see {@link ConnectionScope}, as for all that follow
 * @param scheme as there
 * @param path as there
 * @param rawPath as there
 * @param queryString as there
 * @param rootPath as there
 * @param headers as there
 * @param client as there
 * @param server as there
 * @param extensions as there
 * @param state as there; not copied
 */
public record HttpScope(
        String method,
        String httpVersion,
        String scheme,
        String path,
        String rawPath,
        String queryString,
        String rootPath,
        List<Header> headers,
        Optional<Address> client,
        Optional<Address> server,
        Map<String, Map<String, Object>> extensions,
        Map<String, Object> state)
        implements ConnectionScope {
    /** Checks that nothing is null, and copies what does not belong to the connection. */
    public HttpScope {
        requireNonNull(method, "method");
        requireNonNull(httpVersion, "httpVersion");
        requireNonNull(scheme, "scheme");
        requireNonNull(path, "path");
        requireNonNull(rawPath, "rawPath");
        requireNonNull(queryString, "queryString");
        requireNonNull(rootPath, "rootPath");
        headers = List.copyOf(headers);
        requireNonNull(client, "client");
        requireNonNull(server, "server");
        extensions = Map.copyOf(extensions);
        requireNonNull(state, "state");
    }

    @Override
    public String type() {
        return "http";
    }
}
