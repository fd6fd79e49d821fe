package io.gangway.buffer;

import java.io.IOException;

/** A body does not fit into what a {@link BodyStore} allows. */
public final class NoRoomException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean isTooLarge;

    private NoRoomException(String message, boolean isTooLarge) {
        super(message);
        this.isTooLarge = isTooLarge;
    }

    /** Others have taken the room; later there may be some. */
    static NoRoomException forNow() {
        return new NoRoomException("the bodies of other requests leave no room for it at this moment", false);
    }

    /** The body alone takes more than there is. */
    static NoRoomException forEver(long limit) {
        return new NoRoomException("it is longer than " + limit + " bytes", true);
    }

    /**
     * Whether the body would not fit if it were the only one.
     *
     * @return false if there may be room for it later
     */
    public boolean isTooLarge() {
        return isTooLarge;
    }
}
