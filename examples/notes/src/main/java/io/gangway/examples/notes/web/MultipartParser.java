package io.gangway.examples.notes.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.wsgi.Environ;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.commons.fileupload2.core.AbstractFileUpload;
import org.apache.commons.fileupload2.core.DiskFileItem;
import org.apache.commons.fileupload2.core.DiskFileItemFactory;
import org.apache.commons.fileupload2.core.FileItemInputIterator;
import org.apache.commons.fileupload2.core.FileUploadException;
import org.apache.commons.fileupload2.core.RequestContext;

/** Lets Commons FileUpload read from an environ. */
final class MultipartParser extends AbstractFileUpload<Environ, DiskFileItem, DiskFileItemFactory> {
    /** Max parts of one form: more than a visitor attaches by hand. */
    private static final int MAX_PARTS = 20;

    MultipartParser(Path folder, long maxBytes) {
        setFileItemFactory(DiskFileItemFactory.builder().setPath(folder).get());
        setHeaderCharset(UTF_8);
        setMaxSize(maxBytes);
        setMaxFileCount(MAX_PARTS);
    }

    @Override
    public FileItemInputIterator getItemIterator(Environ environ) throws IOException {
        return getItemIterator(new Context(environ));
    }

    @Override
    public Map<String, List<DiskFileItem>> parseParameterMap(Environ environ) throws FileUploadException {
        return parseParameterMap(new Context(environ));
    }

    @Override
    public List<DiskFileItem> parseRequest(Environ environ) throws FileUploadException {
        return parseRequest(new Context(environ));
    }

    private record Context(Environ environ) implements RequestContext {
        @Override
        public String getCharacterEncoding() {
            return UTF_8.name();
        }

        @Override
        public long getContentLength() {
            return environ.contentLength().orElse(-1);
        }

        @Override
        public String getContentType() {
            return environ.header("Content-Type").orElse("");
        }

        @Override
        public InputStream getInputStream() {
            return environ.input();
        }

        @Override
        public boolean isMultipartRelated() {
            return false;
        }
    }
}
