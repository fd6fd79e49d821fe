package io.gangway.it.canaries;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.InputStream;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A form that is filled in. */
final class Form {
    private static final String BOUNDARY = "--canary-7f3a9c";

    private record Field(String name, String value) {}

    private record Upload(String name, String fileName, String type, BodyPublisher content) {}

    private final List<Field> fields = new ArrayList<>();
    private final List<Upload> uploads = new ArrayList<>();

    Form field(String name, String value) {
        fields.add(new Field(name, value));
        return this;
    }

    Form file(String name, String fileName, String type, byte[] content) {
        uploads.add(new Upload(name, fileName, type, BodyPublishers.ofByteArray(content)));
        return this;
    }

    /** A file that is too large for memory. */
    Form file(String name, String fileName, String type, InputStream content, long length) {
        BodyPublisher bytes = BodyPublishers.ofInputStream(() -> content);
        uploads.add(new Upload(name, fileName, type, BodyPublishers.fromPublisher(bytes, length)));
        return this;
    }

    BodyPublisher urlencoded() {
        return BodyPublishers.ofString(fields.stream()
                .map(field -> URLEncoder.encode(field.name(), UTF_8) + "=" + URLEncoder.encode(field.value(), UTF_8))
                .collect(Collectors.joining("&")));
    }

    String multipartType() {
        return "multipart/form-data; boundary=" + BOUNDARY;
    }

    /** RFC 7578, with names in UTF-8 as browsers write them. */
    BodyPublisher multipart() {
        List<BodyPublisher> parts = new ArrayList<>();
        for (Field field : fields) {
            parts.add(text("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"" + field.name() + "\"\r\n\r\n"
                    + field.value() + "\r\n"));
        }
        for (Upload upload : uploads) {
            parts.add(text("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"" + upload.name()
                    + "\"; filename=\"" + upload.fileName() + "\"\r\nContent-Type: " + upload.type() + "\r\n\r\n"));
            parts.add(upload.content());
            parts.add(text("\r\n"));
        }
        parts.add(text("--" + BOUNDARY + "--\r\n"));
        return BodyPublishers.concat(parts.toArray(BodyPublisher[]::new));
    }

    private static BodyPublisher text(String text) {
        return BodyPublishers.ofString(text, UTF_8);
    }
}
