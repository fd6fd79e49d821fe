package io.gangway.examples.notes.pages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import io.gangway.examples.notes.Main;
import io.gangway.examples.notes.web.Cookies;
import io.gangway.examples.notes.web.Csrf;
import io.gangway.examples.notes.web.HttpProblem;
import io.gangway.examples.notes.web.Request;
import io.gangway.examples.notes.web.Response;
import io.gangway.wsgi.Header;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Fills templates; values in two braces are escaped. Thread-safe. */
public final class View {
    private final Mustache.Compiler compiler = Mustache.compiler().emptyStringIsFalse(true);
    private final Map<String, Template> templates = new ConcurrentHashMap<>();

    Response page(Request request, String template, String title, Map<String, Object> model) {
        return page("200 OK", request, template, title, model);
    }

    Response page(String status, Request request, String template, String title, Map<String, Object> model) {
        Optional<String> token = request.cookie(Csrf.COOKIE).filter(cookie -> !cookie.isEmpty());
        String csrf = token.orElseGet(Csrf::newToken);
        Optional<Flash> flash = Flash.of(request);

        Map<String, Object> values = new HashMap<>(model);
        values.put("base", request.base());
        values.put("csrf", csrf);
        values.put("title", title);
        values.put("flash", flash.map(Flash::message).orElse(""));
        values.put("content", template(template).execute(values));

        Response response = Response.html(status, template("layout").execute(values));
        if (token.isEmpty()) {
            response = response.with(Cookies.set(request, Csrf.COOKIE, csrf));
        }
        return flash.isEmpty() ? response : response.with(Cookies.delete(request, Flash.COOKIE));
    }

    /** The page for a request that failed. */
    public Response problem(Request request, HttpProblem problem) {
        String title = problem.status().substring(4);
        Response response = page(problem.status(), request, "problem", title, Map.of("message", problem.getMessage()));
        for (Header header : problem.headers()) {
            response = response.with(header);
        }
        return response;
    }

    static Response seeOther(Request request, String path, Flash flash) {
        return Response.seeOther(request.base() + path).with(Cookies.set(request, Flash.COOKIE, flash.name()));
    }

    private Template template(String name) {
        return templates.computeIfAbsent(name, this::compile);
    }

    private Template compile(String name) {
        String file = "templates/" + name + ".mustache";
        try (InputStream stream = requireNonNull(Main.class.getResourceAsStream(file), file)) {
            return compiler.compile(new InputStreamReader(stream, UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
