package io.gangway.asgi;

/** Whether a server runs the lifespan of ASGI applications (A41). */
public enum LifespanMode {
    /** Yes; an application that fails before its first answer has none, and is served without. */
    AUTO,
    /** Yes; an application that fails before its first answer cannot start. */
    ON,
    /** No. */
    OFF
}
