package io.gangway.examples.notes.pages;

import io.gangway.examples.notes.web.Request;
import java.util.Arrays;
import java.util.Optional;

/** The message about the last action. The cookie holds only its name, so a visitor can be shown no other text. */
enum Flash {
    ADDED("The note is saved."),
    CHANGED("Your changes are saved."),
    DELETED("The note is deleted."),
    ATTACHED("The file is attached.");

    static final String COOKIE = "notes_flash";

    private final String message;

    Flash(String message) {
        this.message = message;
    }

    String message() {
        return message;
    }

    static Optional<Flash> of(Request request) {
        return request.cookie(COOKIE)
                .flatMap(name -> Arrays.stream(values())
                        .filter(flash -> flash.name().equals(name))
                        .findFirst());
    }
}
