"""Which frame may follow which on an exchange connection: one table, the same for both ends.

An exchange is two conversations on one connection: the request's body, which the worker pulls, and the response. Each has
its states; the connection's state is the pair. The rules that the table keeps:

1.  REQUEST opens both conversations, and only an idle connection takes one.
2.  One PULL is answered by one BODY, BODY_FILE, BODY_END or BODY_ABORT, and none of these comes without a PULL, except that the body of a request
    flagged *pushed* follows it at once; then there is no PULL.
3.  After BODY_FILE, a PULL says that the worker could not open the file.
4.  After BODY_END or BODY_ABORT, and on a request flagged *empty*, there is no PULL.
5.  HEAD or TRAILED_HEAD comes once and first. FILE waits for its reply; a file that was sent is the rest of the body. After TRAILED_HEAD, TRAILERS come once, behind
    the data.
6.  END, or ABORT before a head, leaves the connection idle. ABORT after a head closes it.
7.  A response that ends while a PULL is unanswered closes it: the late answer must not reach the next request.
8.  If a response ends before its pushed body, the rest of the body is skipped; until BODY_END there is no REQUEST.
9.  LEFT changes nothing, and may come late: between two exchanges too.
10. A WebSocket is answered once: with ACCEPT, with CLOSE, or with HEAD, which is the beginning of a response. Messages (PART, TEXT, BINARY) follow only ACCEPT.
11. The bridge sends CLOSE once for each WebSocket, and nothing after it; END or ABORT is the worker's last frame. Both leave the connection idle, whichever comes
    first: what comes from the client after END is skipped.
12. A closed connection accepts no frame.
"""

from __future__ import annotations

from typing import Dict, NamedTuple

from gangway_worker import frames
from gangway_worker.frames import ABORT, ACCEPT, BODY, BODY_ABORT, BODY_END, BODY_FILE, DATA, END, FILE, HEAD, LEFT, PULL, TRAILED_HEAD, TRAILERS, ProtocolError

# Events are frame types; where the payload decides, the next byte distinguishes the events.
REQUEST = frames.REQUEST
REQUEST_EMPTY = frames.REQUEST | frames.FLAG_EMPTY << 8
REQUEST_PUSHED = frames.REQUEST | frames.FLAG_PUSHED << 8
FILE_SENT = frames.FILE_REPLY
FILE_REFUSED = frames.FILE_REPLY | 1 << 8
WEBSOCKET = frames.SCOPE
# PART, TEXT and BINARY are one event, and with CLOSE there are two of them: the bridge's and the worker's.
CLIENT_MESSAGE = frames.TEXT
CLIENT_CLOSE = frames.CLOSE
MESSAGE = frames.TEXT | 1 << 8
APPLICATION_CLOSE = frames.CLOSE | 1 << 8

EVENT_NAMES = {
    **{event: frames.NAMES[event] for event in (REQUEST, BODY, BODY_FILE, BODY_END, BODY_ABORT, LEFT, PULL, HEAD, TRAILED_HEAD, DATA, FILE, TRAILERS, END, ABORT)},
    REQUEST_EMPTY: "REQUEST(empty)",
    REQUEST_PUSHED: "REQUEST(pushed)",
    FILE_SENT: "FILE_REPLY(sent)",
    FILE_REFUSED: "FILE_REPLY(refused)",
    WEBSOCKET: "SCOPE(websocket)",
    ACCEPT: "ACCEPT",
    CLIENT_MESSAGE: "MESSAGE(client)",
    CLIENT_CLOSE: "CLOSE(client)",
    MESSAGE: "MESSAGE(application)",
    APPLICATION_CLOSE: "CLOSE(application)",
}

IDLE = "idle"
CLOSED = "closed"
# The body's states: not asked for; asked for; pushed, without being asked for; complete or given up; not needed any more.
OPEN = "open"
ASKED = "asked"
PUSHED = "pushed"
DONE = "done"
SKIPPED = "skipped"
# The same of a WebSocket: its client is listened to; has closed; is not listened to any more.
LISTENING = "listening"
HEARD = "heard"
MUTED = "muted"
# The response's states: no head yet; head and perhaps data; the same, with trailers to come; a file offered; a file or the trailers sent.
WAITING = "waiting"
STARTED = "started"
TRAILED = "trailed"
OFFERED = "offered"
SENT = "sent"
# The same of a WebSocket: not answered; accepted; closed or denied by the application.
CONNECTING = "connecting"
OPENED = "opened"
ENDING = "ending"

BODY_TABLE: Dict[str, Dict[int, str]] = {
    IDLE: {REQUEST: OPEN, REQUEST_EMPTY: DONE, REQUEST_PUSHED: PUSHED, LEFT: IDLE, WEBSOCKET: LISTENING},
    OPEN: {PULL: ASKED, LEFT: OPEN, END: IDLE, ABORT: IDLE},
    ASKED: {BODY: OPEN, BODY_FILE: OPEN, BODY_END: DONE, BODY_ABORT: DONE, LEFT: ASKED, END: CLOSED, ABORT: CLOSED},
    PUSHED: {BODY: PUSHED, BODY_END: DONE, BODY_ABORT: DONE, END: SKIPPED, ABORT: SKIPPED},
    DONE: {LEFT: DONE, END: IDLE, ABORT: IDLE},
    SKIPPED: {BODY: SKIPPED, BODY_END: IDLE, BODY_ABORT: IDLE},
    LISTENING: {CLIENT_MESSAGE: LISTENING, CLIENT_CLOSE: HEARD, END: MUTED, ABORT: MUTED},
    HEARD: {END: IDLE, ABORT: IDLE},
    MUTED: {CLIENT_MESSAGE: MUTED, CLIENT_CLOSE: IDLE},
    CLOSED: {},
}

RESPONSE_TABLE: Dict[str, Dict[int, str]] = {
    IDLE: {REQUEST: WAITING, REQUEST_EMPTY: WAITING, REQUEST_PUSHED: WAITING, WEBSOCKET: CONNECTING},
    WAITING: {HEAD: STARTED, TRAILED_HEAD: TRAILED, ABORT: IDLE},
    STARTED: {DATA: STARTED, FILE: OFFERED, END: IDLE, ABORT: CLOSED},
    TRAILED: {DATA: TRAILED, TRAILERS: SENT, ABORT: CLOSED},
    OFFERED: {FILE_SENT: SENT, FILE_REFUSED: STARTED},
    SENT: {END: IDLE, ABORT: CLOSED},
    CONNECTING: {ACCEPT: OPENED, APPLICATION_CLOSE: ENDING, HEAD: STARTED, ABORT: IDLE},
    OPENED: {MESSAGE: OPENED, APPLICATION_CLOSE: ENDING, END: IDLE, ABORT: IDLE},
    ENDING: {END: IDLE, ABORT: IDLE},
    CLOSED: {},
}


class State(NamedTuple):
    """Where both conversations of a connection stand."""

    body: str
    response: str


def _events(table: Dict[str, Dict[int, str]]) -> "frozenset[int]":
    return frozenset(event for row in table.values() for event in row)


def _combine() -> "dict[State, dict[int, State]]":
    """The product of both tables, so that a step is one look-up. An event of only one conversation does not change the other's
    state; if one conversation closes, both close."""
    body_events, response_events = _events(BODY_TABLE), _events(RESPONSE_TABLE)
    product: Dict[State, Dict[int, State]] = {}
    for body in BODY_TABLE:
        for response in RESPONSE_TABLE:
            row = product[State(body, response)] = {}
            for event in EVENT_NAMES:
                next_body = BODY_TABLE[body].get(event) if event in body_events else body
                next_response = RESPONSE_TABLE[response].get(event) if event in response_events else response
                if next_body is None or next_response is None:
                    continue
                closed = CLOSED in (next_body, next_response)
                row[event] = State(CLOSED, CLOSED) if closed else State(next_body, next_response)
    return product


STEPS = _combine()
START = State(IDLE, IDLE)
END_STATE = State(CLOSED, CLOSED)


#: The events that each end may cause.
BRIDGE_EVENTS = frozenset((REQUEST, REQUEST_EMPTY, REQUEST_PUSHED, BODY, BODY_FILE, BODY_END, BODY_ABORT, LEFT, FILE_SENT, FILE_REFUSED, WEBSOCKET, CLIENT_MESSAGE, CLIENT_CLOSE))
WORKER_EVENTS = frozenset(EVENT_NAMES) - BRIDGE_EVENTS


class ExchangeState:
    """The state of one exchange connection, as one end keeps it. Not thread-safe."""

    __slots__ = ("at", "_peer_events")

    def __init__(self, peer_events: "frozenset[int]" = BRIDGE_EVENTS) -> None:
        self.at = START
        self._peer_events = peer_events

    def sent(self, event: int) -> None:
        """Takes the step for a frame that this end sends.

        :raises ProtocolError: if the table does not allow it; the state is closed then
        """
        try:
            self.at = STEPS[self.at][event]
        except KeyError:
            raise self._misplaced(event) from None

    def received(self, event: int) -> None:
        """Takes the step for a frame from the peer.

        :raises ProtocolError: if the table does not allow it, or if the peer may not send it; the state is closed then
        """
        if event not in self._peer_events:
            raise self._misplaced(event)
        self.sent(event)

    def _misplaced(self, event: int) -> ProtocolError:
        at, self.at = self.at, END_STATE
        expected = ", ".join(EVENT_NAMES[known] for known in STEPS[at]) or "nothing"
        name = EVENT_NAMES.get(event) or frames.NAMES.get(event) or hex(event)
        return ProtocolError(
            f"{name} out of place: the body is {at.body}, the response is {at.response}; expected {expected}"
        )

    @property
    def reusable(self) -> bool:
        """Whether another exchange may follow, when the rest of a pushed body has been skipped."""
        return self.at.response == IDLE
