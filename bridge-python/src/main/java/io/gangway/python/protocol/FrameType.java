package io.gangway.python.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.charset.Charset;
import java.util.Optional;

/** The types of frames; {@code docs/worker-protocol.md} says of each its sender and its payload. */
public enum FrameType {
    /** First on every connection. */
    HELLO(0x01),
    /** Make a worker. */
    FORK(0x02),
    /** A worker was started, could not be started, or has ended. */
    CHILD(0x03),
    /** A step of the boot begins. */
    STEP(0x04),
    /** The boot is complete: requests may come. */
    READY(0x05),
    /** The boot failed. */
    FAILED(0x06),
    /** A log record. */
    LOG(0x07),
    /** Finish the requests that are under way, and end. */
    RETIRE(0x08),
    /** Write all stacks to stderr. */
    DUMP(0x09),
    /** The worker's event loop is running. */
    BEAT(0x0a),
    /** Tell the service manager a state. */
    NOTIFY(0x0b),
    /** Keep so many exchange connections open. */
    OPEN(0x0c),
    /** A WSGI request. */
    REQUEST(0x10),
    /** An ASGI request. */
    SCOPE(0x11),
    /** Bytes of the request's body. */
    BODY(0x12),
    /** The request's body is complete. */
    BODY_END(0x13),
    /** The request's body will not be complete. */
    BODY_ABORT(0x14),
    /** Whether an offered file was sent. */
    FILE_REPLY(0x15),
    /** The client has closed its side. */
    LEFT(0x16),
    /** A file with the request's whole body. */
    BODY_FILE(0x17),
    /** Bytes of the request's body are wanted. */
    PULL(0x20),
    /** Status and headers. */
    HEAD(0x21),
    /** Bytes of the response's body. */
    DATA(0x22),
    /** A file as the remaining body of the response. */
    FILE(0x23),
    /** The response is complete. */
    END(0x24),
    /** The response will not be complete. */
    ABORT(0x25),
    /** Status and headers of a response whose body is followed by trailers. */
    TRAILED_HEAD(0x26),
    /** The fields behind the response's body. */
    TRAILERS(0x27),
    /** A WebSocket is accepted. */
    ACCEPT(0x30),
    /** A WebSocket's text message. */
    TEXT(0x31),
    /** A WebSocket's binary message. */
    BINARY(0x32),
    /** A WebSocket's close. */
    CLOSE(0x33),
    /** A part of a WebSocket's message, but not the last. */
    PART(0x34);

    private static final FrameType[] BY_CODE = new FrameType[PART.code + 1];

    static {
        for (FrameType type : values()) {
            BY_CODE[type.code] = type;
        }
    }

    private final int code;

    FrameType(int code) {
        this.code = code;
    }

    /** The frame's first byte. */
    int code() {
        return code;
    }

    /** The bytes of HTTP texts are carried unchanged, as ISO-8859-1; everything else is text in UTF-8. */
    Charset charset() {
        return switch (this) {
            case REQUEST, SCOPE, HEAD, TRAILED_HEAD, TRAILERS, ACCEPT -> ISO_8859_1;
            default -> UTF_8;
        };
    }

    static Optional<FrameType> of(int code) {
        return code < BY_CODE.length ? Optional.ofNullable(BY_CODE[code]) : Optional.empty();
    }
}
