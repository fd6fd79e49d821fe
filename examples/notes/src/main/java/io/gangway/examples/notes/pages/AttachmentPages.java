package io.gangway.examples.notes.pages;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.examples.notes.store.Attachment;
import io.gangway.examples.notes.store.Attachments;
import io.gangway.examples.notes.store.Notes;
import io.gangway.examples.notes.web.Csrf;
import io.gangway.examples.notes.web.HttpProblem;
import io.gangway.examples.notes.web.Request;
import io.gangway.examples.notes.web.Response;
import io.gangway.examples.notes.web.Router;
import io.gangway.examples.notes.web.Upload;
import io.gangway.wsgi.Header;
import java.io.IOException;
import java.net.URLEncoder;
import java.sql.SQLException;
import java.util.List;

/** Uploads and downloads of the files that belong to notes. */
public final class AttachmentPages {
    private final Notes notes;
    private final Attachments attachments;

    public AttachmentPages(Notes notes, Attachments attachments) {
        this.notes = notes;
        this.attachments = attachments;
    }

    public void addTo(Router router) {
        router.post("/notes/{note}/attachments", this::add).get("/notes/{note}/attachments/{file}", this::download);
    }

    private Response add(Request request) throws Exception {
        Csrf.check(request);
        long noteId = request.id("note");
        if (notes.find(noteId).isEmpty()) {
            throw NotePages.noSuchNote();
        }
        List<Upload> uploads = request.form().uploads();
        if (uploads.isEmpty()) {
            throw new HttpProblem("422 Unprocessable Content", "Choose a file first.");
        }
        for (Upload upload : uploads) {
            if (upload.name().isEmpty() || upload.name().length() > Attachment.MAX_NAME) {
                throw new HttpProblem("422 Unprocessable Content", "A file needs a name, of 255 characters at most.");
            }
            attachments.add(noteId, upload.name(), upload.size(), upload::keep);
        }
        return View.seeOther(request, "/notes/" + noteId, Flash.ATTACHED);
    }

    /** Sends a file that the browser saves and does not show: a visitor's HTML would run as a page of this site. */
    private Response download(Request request) throws SQLException, IOException {
        Attachment attachment = attachments
                .find(request.id("note"), request.id("file"))
                .orElseThrow(() -> HttpProblem.notFound("There is no such file."));
        // RFC 6266: any name, percent-encoded as UTF-8.
        String name =
                URLEncoder.encode(attachment.name(), UTF_8).replace("+", "%20").replace("*", "%2A");
        List<Header> headers = List.of(
                new Header("Content-Type", "application/octet-stream"),
                new Header("Content-Length", Long.toString(attachment.size())),
                new Header("Content-Disposition", "attachment; filename*=UTF-8''" + name));
        return new Response("200 OK", headers, request.file(attachments.open(attachment)));
    }
}
