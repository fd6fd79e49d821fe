package io.gangway.examples.notes.web;

import io.gangway.wsgi.Environ;
import io.gangway.wsgi.FileWrapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One request, as handlers use it; closed when it is answered. */
public final class Request implements AutoCloseable {
    private final Environ environ;
    private final FormReader forms;
    private Map<String, String> pathParameters = Map.of();
    private @Nullable Form form;

    public Request(Environ environ, FormReader forms) {
        this.environ = environ;
        this.forms = forms;
    }

    public String method() {
        return environ.method();
    }

    public String path() {
        return environ.pathInfoUtf8();
    }

    public boolean isSecure() {
        return environ.scheme().equals("https");
    }

    /** The path where the application is mounted, percent-encoded: every link begins with it. Empty at the root. */
    public String base() {
        String url = environ.applicationUrl();
        int path = url.indexOf('/', url.indexOf("://") + 3);
        return path < 0 ? "" : url.substring(path);
    }

    /** A parameter of the query; empty if there is none. */
    public String query(String name) {
        return Text.urlencoded(environ.queryString()).getOrDefault(name, "").strip();
    }

    public Optional<String> cookie(String name) {
        for (String pair : environ.header("Cookie").orElse("").split(";", -1)) {
            if (pair.strip().startsWith(name + "=")) {
                return Optional.of(pair.strip().substring(name.length() + 1));
            }
        }
        return Optional.empty();
    }

    /** The form that was sent; read at the first call. */
    public Form form() throws IOException {
        if (form == null) {
            form = forms.read(environ);
        }
        return form;
    }

    /** The number in place of {@code {name}} in the route; 404 if the text there is not a number. */
    public long id(String name) {
        try {
            return Long.parseLong(pathParameters.getOrDefault(name, ""));
        } catch (NumberFormatException e) {
            throw HttpProblem.notFound("There is nothing here.");
        }
    }

    /** Makes a body of a stream; the server sends files in a fast way. */
    public FileWrapper file(InputStream stream) {
        return environ.fileWrapper().wrap(stream, FileWrapper.DEFAULT_BLOCK_SIZE);
    }

    void setPathParameters(Map<String, String> parameters) {
        pathParameters = parameters;
    }

    @Override
    public void close() throws IOException {
        if (form != null) {
            form.close();
        }
    }
}
