package io.gangway.python.supervisor;

/** How many workers are wanted now; every generation keeps to it. Belongs to the event loop. */
final class Headcount {
    private int workers;

    Headcount(int workers) {
        this.workers = workers;
    }

    int workers() {
        return workers;
    }

    /** Changes the number, within the setting's limits; returns whether it is another one now. */
    boolean change(int difference) {
        int before = workers;
        workers = Math.max(Plan.MIN_WORKERS, Math.min(Plan.MAX_WORKERS, workers + difference));
        return workers != before;
    }
}
