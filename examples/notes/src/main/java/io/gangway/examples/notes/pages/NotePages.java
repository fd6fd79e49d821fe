package io.gangway.examples.notes.pages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Map.entry;

import io.gangway.examples.notes.store.Attachment;
import io.gangway.examples.notes.store.Attachments;
import io.gangway.examples.notes.store.Found;
import io.gangway.examples.notes.store.Note;
import io.gangway.examples.notes.store.Notes;
import io.gangway.examples.notes.web.Csrf;
import io.gangway.examples.notes.web.HttpProblem;
import io.gangway.examples.notes.web.Request;
import io.gangway.examples.notes.web.Response;
import io.gangway.examples.notes.web.Router;
import java.net.URLEncoder;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;

/** The pages of notes: search, read, write, change, delete. */
public final class NotePages {
    private static final DateTimeFormatter MINUTES =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'").withZone(ZoneOffset.UTC);

    private final Notes notes;
    private final Attachments attachments;
    private final View view;

    public NotePages(Notes notes, Attachments attachments, View view) {
        this.notes = notes;
        this.attachments = attachments;
        this.view = view;
    }

    public void addTo(Router router) {
        router.get("", request -> Response.seeOther(request.base() + "/"))
                .get("/", this::list)
                .get("/notes/new", request -> form("200 OK", request, "New note", "/notes", Draft.EMPTY))
                .post("/notes", this::add)
                .get("/notes/{note}", this::read)
                .get("/notes/{note}/edit", this::edit)
                .post("/notes/{note}", this::change)
                .post("/notes/{note}/delete", this::delete);
    }

    private Response list(Request request) throws SQLException {
        String words = request.query("q");
        Found found = notes.search(words, pageNumber(request));
        String link = request.base() + "/?q=" + URLEncoder.encode(words, UTF_8) + "&page=";
        List<Map<String, Object>> rows = found.notes().stream()
                .map(note -> Map.<String, Object>of(
                        "id", note.id(), "title", note.title(), "changed", minutes(note.changed())))
                .toList();
        Map<String, Object> model = Map.ofEntries(
                entry("words", words),
                entry("notes", rows),
                entry("none", rows.isEmpty()),
                entry("page", found.page()),
                entry("pages", found.pages()),
                entry("several", found.pages() > 1),
                entry("previous", found.page() > 1 ? link + (found.page() - 1) : ""),
                entry("next", found.page() < found.pages() ? link + (found.page() + 1) : ""));
        return view.page(request, "list", "Notes", model);
    }

    private static int pageNumber(Request request) {
        try {
            return Integer.parseInt(request.query("page"));
        } catch (NumberFormatException e) {
            return 1;
        }
    }

    private Response read(Request request) throws SQLException {
        Note note = find(request);
        String folder = request.base() + "/notes/" + note.id() + "/attachments/";
        List<Map<String, Object>> files = attachments.of(note.id()).stream()
                .map(file -> Map.<String, Object>of("link", folder + file.id(), "name", file.name(), "kib", kib(file)))
                .toList();
        Map<String, Object> model = Map.ofEntries(
                entry("id", note.id()),
                entry("text", note.text()),
                entry("changed", minutes(note.changed())),
                entry("attachments", files));
        return view.page(request, "note", note.title(), model);
    }

    private Response add(Request request) throws Exception {
        Csrf.check(request);
        Draft draft = Draft.of(request.form());
        if (!draft.error().isEmpty()) {
            return form("422 Unprocessable Content", request, "New note", "/notes", draft);
        }
        return View.seeOther(request, "/notes/" + notes.add(draft.title(), draft.text()), Flash.ADDED);
    }

    private Response edit(Request request) throws SQLException {
        Note note = find(request);
        return form("200 OK", request, "Edit note", "/notes/" + note.id(), Draft.of(note));
    }

    private Response change(Request request) throws Exception {
        Csrf.check(request);
        String path = "/notes/" + request.id("note");
        Draft draft = Draft.of(request.form());
        if (!draft.error().isEmpty()) {
            return form("422 Unprocessable Content", request, "Edit note", path, draft);
        }
        if (!notes.change(request.id("note"), draft.title(), draft.text())) {
            throw noSuchNote();
        }
        return View.seeOther(request, path, Flash.CHANGED);
    }

    private Response delete(Request request) throws Exception {
        Csrf.check(request);
        long id = request.id("note");
        List<Attachment> files = attachments.of(id);
        if (!notes.delete(id)) {
            throw noSuchNote();
        }
        attachments.discard(files);
        return View.seeOther(request, "/", Flash.DELETED);
    }

    private Response form(String status, Request request, String heading, String path, Draft draft) {
        Map<String, Object> model = Map.ofEntries(
                entry("action", request.base() + path),
                entry("noteTitle", draft.title()),
                entry("text", draft.text()),
                entry("error", draft.error()),
                entry("maxTitle", Note.MAX_TITLE),
                entry("maxText", Note.MAX_TEXT));
        return view.page(status, request, "form", heading, model);
    }

    private Note find(Request request) throws SQLException {
        return notes.find(request.id("note")).orElseThrow(NotePages::noSuchNote);
    }

    static HttpProblem noSuchNote() {
        return HttpProblem.notFound("There is no such note; perhaps it was deleted.");
    }

    private static String minutes(Instant instant) {
        return MINUTES.format(instant);
    }

    private static long kib(Attachment file) {
        return (file.size() + 1023) / 1024;
    }
}
