package io.gangway.docs;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class WsgiDocumentTest {
    @Test
    void the_document_says_what_the_catalogue_says() {
        GeneratedDocument.assertUpToDate(Path.of("docs", "wsgi.md"), WsgiDocument.text());
    }
}
