package io.gangway.examples.notes;

import io.gangway.examples.notes.pages.AttachmentPages;
import io.gangway.examples.notes.pages.NotePages;
import io.gangway.examples.notes.pages.View;
import io.gangway.examples.notes.store.Attachments;
import io.gangway.examples.notes.store.Database;
import io.gangway.examples.notes.store.Notes;
import io.gangway.examples.notes.web.FormReader;
import io.gangway.examples.notes.web.HttpProblem;
import io.gangway.examples.notes.web.Request;
import io.gangway.examples.notes.web.Response;
import io.gangway.examples.notes.web.Router;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.StartResponse;
import java.nio.file.Path;
import java.time.Clock;

/** The application: finds the route of a request, and sends the response of its handler. */
final class NotesApplication implements GatewayApplication {
    private final Router router = new Router();
    private final View view = new View();
    private final FormReader forms;

    NotesApplication(Database database, Path attachmentFolder, Path uploadFolder, Clock clock) {
        Notes notes = new Notes(database, clock);
        Attachments attachments = new Attachments(database, attachmentFolder);
        forms = new FormReader(uploadFolder);
        new NotePages(notes, attachments, view).addTo(router);
        new AttachmentPages(notes, attachments).addTo(router);
    }

    @Override
    public Iterable<byte[]> call(Environ environ, StartResponse startResponse) throws Exception {
        try (Request request = new Request(environ, forms)) {
            Response response = answer(request);
            startResponse.start(response.status(), response.headers());
            return response.body();
        }
    }

    private Response answer(Request request) throws Exception {
        try {
            return router.route(request);
        } catch (HttpProblem problem) {
            return view.problem(request, problem);
        }
    }
}
