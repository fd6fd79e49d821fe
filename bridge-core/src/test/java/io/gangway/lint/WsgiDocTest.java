package io.gangway.lint;

import io.gangway.docs.GeneratedDocument;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class WsgiDocTest {
    @Test
    void the_document_says_what_the_catalogue_says() {
        GeneratedDocument.assertUpToDate(Path.of("docs", "wsgi.md"), WsgiDocument.text());
    }
}
