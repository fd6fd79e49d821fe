package io.gangway.it.attacks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * One client that attacks once.
 *
 * @param number of its request; its second request, if there is one, has the next number
 * @param mount where the attacked application is
 */
record Attack(int number, Protocol protocol, State state, Action action, Kind kind, Mount mount) {
    /** The protocols. */
    enum Protocol {
        HTTP_1,
        HTTP_2
    }

    /** The first attack's number; each has two. */
    private static final int FIRST = 1_000;

    /**
     * Makes so many attacks on each state, on all mount points alike, with every action that fits.
     *
     * @param random decides the order, and the kinds of requests
     */
    static List<Attack> all(int onEachState, List<Mount> mounts, Random random) {
        List<Attack> attacks = new ArrayList<>();
        for (State state : State.values()) {
            List<Attack> ways = ways(state, mounts);
            Collections.shuffle(ways, random);
            for (int i = 0; i < onEachState; i++) {
                Attack way = ways.get(i % ways.size());
                List<Kind> kinds = state.kinds();
                attacks.add(new Attack(
                        FIRST + 2 * attacks.size(),
                        way.protocol,
                        state,
                        way.action,
                        kinds.get(random.nextInt(kinds.size())),
                        way.mount));
            }
        }
        Collections.shuffle(attacks, random);
        return attacks;
    }

    private static List<Attack> ways(State state, List<Mount> mounts) {
        List<Attack> ways = new ArrayList<>();
        for (Mount mount : mounts) {
            for (Protocol protocol : Protocol.values()) {
                for (Action action : Action.values()) {
                    if (action.fits(state, protocol) && (mount.isStreaming() || !state.needsStreaming())) {
                        ways.add(new Attack(
                                0, protocol, state, action, state.kinds().get(0), mount));
                    }
                }
            }
        }
        return ways;
    }

    @Override
    public String toString() {
        return "attack " + number + " (" + protocol + ", " + state + ", " + action + ", " + mount + "/" + kind.path()
                + ")";
    }
}
