package io.gangway.examples.notes.web;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Environ;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.fileupload2.core.DiskFileItem;
import org.apache.commons.fileupload2.core.FileUploadException;
import org.apache.commons.fileupload2.core.FileUploadSizeException;

/** Reads forms, within limits; files go to disk as they arrive. */
public final class FormReader {
    /** Max bytes of a form without files: the longest note with every character percent-encoded, and some reserve. */
    private static final int MAX_FORM = 256 * 1024;
    /** Max bytes of a form with files. */
    static final int MAX_UPLOAD = 10 * 1024 * 1024;

    private final Path folder;

    /** Takes the folder for uploads that are not kept yet. */
    public FormReader(Path folder) {
        this.folder = folder;
    }

    Form read(Environ environ) throws IOException {
        String type = environ.header("Content-Type").orElse("").split(";", 2)[0].strip();
        return switch (type.toLowerCase(Locale.ROOT)) {
            case "application/x-www-form-urlencoded" -> urlencoded(environ);
            case "multipart/form-data" -> multipart(environ);
            default -> throw new HttpProblem("415 Unsupported Media Type", "This page takes HTML forms alone.");
        };
    }

    private static Form urlencoded(Environ environ) throws IOException {
        byte[] body = environ.input().readNBytes(MAX_FORM + 1);
        if (body.length > MAX_FORM) {
            throw tooLarge(MAX_FORM);
        }
        return new Form(Text.urlencoded(new String(body, ISO_8859_1)), List.of());
    }

    private Form multipart(Environ environ) throws IOException {
        List<DiskFileItem> items = parse(environ);
        try {
            return form(items);
        } catch (HttpProblem e) {
            for (DiskFileItem item : items) {
                item.delete();
            }
            throw e;
        }
    }

    private static Form form(List<DiskFileItem> items) throws IOException {
        Map<String, String> fields = new LinkedHashMap<>();
        List<Upload> uploads = new ArrayList<>();
        for (DiskFileItem item : items) {
            if (item.isFormField()) {
                fields.putIfAbsent(item.getFieldName(), text(item));
                item.delete();
            } else if (!item.getName().isEmpty()) { // a browser sends an empty name where no file was chosen
                uploads.add(new Upload(item));
            }
        }
        return new Form(fields, uploads);
    }

    private static String text(DiskFileItem item) throws IOException {
        try (InputStream stream = item.getInputStream()) {
            return Text.utf8(stream.readAllBytes());
        }
    }

    private List<DiskFileItem> parse(Environ environ) throws IOException {
        try {
            return new MultipartParser(folder, MAX_UPLOAD).parseRequest(environ);
        } catch (FileUploadSizeException e) {
            throw tooLarge(MAX_UPLOAD);
        } catch (FileUploadException e) {
            if (ClientException.isBehind(e)) {
                throw e;
            }
            throw new HttpProblem("400 Bad Request", "The form is incomplete.");
        }
    }

    private static HttpProblem tooLarge(int limit) {
        return new HttpProblem("413 Content Too Large", "That is more than " + limit / 1024 + " KiB.");
    }
}
