"""The state table: the shared vectors, every cell, and random walks."""

from __future__ import annotations

import random
import unittest

import vectors
from gangway_worker import states
from gangway_worker.frames import ProtocolError
from gangway_worker.states import BRIDGE_EVENTS, CLOSED, EVENT_NAMES, STEPS, WORKER_EVENTS, ExchangeState, State

EVENTS = {name: event for event, name in EVENT_NAMES.items()}


class StateVectorsTest(unittest.TestCase):
    def test_ends_where_the_vectors_say(self) -> None:
        for name, events, expected in vectors.rows("exchanges.tsv"):
            with self.subTest(name):
                state = ExchangeState()
                *before, last = events.split(" ")
                for event in before:
                    state.sent(EVENTS[event])
                if expected == "error":
                    with self.assertRaises(ProtocolError):
                        state.sent(EVENTS[last])
                    expected = "closed closed"
                else:
                    state.sent(EVENTS[last])
                self.assertEqual(" ".join(state.at), expected)

    def test_the_vectors_step_on_every_cell_of_both_tables(self) -> None:
        bodies, responses = set(), set()
        for _, events, _ in vectors.rows("exchanges.tsv"):
            state = ExchangeState()
            for event in events.split(" "):
                bodies.add((state.at.body, EVENTS[event]))
                responses.add((state.at.response, EVENTS[event]))
                try:
                    state.sent(EVENTS[event])
                except ProtocolError:
                    pass
        for table, stepped in ((states.BODY_TABLE, bodies), (states.RESPONSE_TABLE, responses)):
            cells = {(at, event) for at, row in table.items() for event in row}
            self.assertEqual({(at, EVENT_NAMES[event]) for at, event in cells - stepped}, set())


class StateCellsTest(unittest.TestCase):
    def test_every_cell_is_a_step_or_an_error_that_closes(self) -> None:
        for at in STEPS:
            for event in EVENT_NAMES:
                with self.subTest(at=at, event=EVENT_NAMES[event]):
                    state = ExchangeState()
                    state.at = at
                    if event in STEPS[at]:
                        state.sent(event)
                        self.assertIn(state.at, STEPS)
                    else:
                        with self.assertRaisesRegex(ProtocolError, r"out of place: the body is \w+, the response is"):
                            state.sent(event)
                        self.assertEqual(state.at, State(CLOSED, CLOSED))

    def test_only_the_peer_may_send_what_is_the_peers(self) -> None:
        for at in STEPS:
            for event in WORKER_EVENTS:
                state = ExchangeState()
                state.at = at
                with self.assertRaises(ProtocolError):
                    state.received(event)
                state = ExchangeState(WORKER_EVENTS)
                state.at = at
                for ours in BRIDGE_EVENTS:
                    with self.assertRaises(ProtocolError):
                        state.received(ours)

    def test_one_conversation_never_closes_without_the_other(self) -> None:
        for row in STEPS.values():
            for after in row.values():
                self.assertEqual(after.body == CLOSED, after.response == CLOSED, after)

    def test_a_closed_connection_takes_nothing(self) -> None:
        self.assertEqual(STEPS[State(CLOSED, CLOSED)], {})

    def test_says_what_was_expected(self) -> None:
        state = ExchangeState()
        state.received(EVENTS["REQUEST(empty)"])
        expected = "^DATA out of place: the body is done, the response is waiting; expected LEFT, HEAD, TRAILED_HEAD, ABORT$"
        with self.assertRaisesRegex(ProtocolError, expected):
            state.sent(EVENTS["DATA"])

    def test_names_frames_that_no_exchange_knows(self) -> None:
        with self.assertRaisesRegex(ProtocolError, "^DUMP out of place: .* expected REQUEST"):
            ExchangeState().received(0x09)


class StateWalkTest(unittest.TestCase):
    def test_every_walk_comes_to_rest(self) -> None:
        """From wherever chance leads, some way is idle or closed, and a reusable state takes a REQUEST once it skipped."""
        for seed in range(500):
            chance = random.Random(seed)
            state = ExchangeState()
            for _ in range(chance.randrange(60)):
                steps = list(STEPS[state.at])
                if not steps:
                    break
                state.sent(chance.choice(steps))
            with self.subTest(seed=seed, at=state.at):
                self.assertTrue(_rests(state.at))

    def test_only_an_idle_connection_takes_a_request(self) -> None:
        for at, row in STEPS.items():
            self.assertEqual(states.REQUEST in row, at == states.START, at)


def _rests(at: State) -> bool:
    seen, reached = set(), {at}
    while reached:
        if states.START in reached or State(CLOSED, CLOSED) in reached:
            return True
        seen |= reached
        reached = {after for state in reached for after in STEPS[state].values()} - seen
    return False


if __name__ == "__main__":
    unittest.main()
