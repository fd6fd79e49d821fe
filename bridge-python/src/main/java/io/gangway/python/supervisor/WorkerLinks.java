package io.gangway.python.supervisor;

import static io.gangway.wsgi.RuleViolation.quote;

import io.gangway.python.dispatch.Dispatcher;
import io.gangway.python.dispatch.WorkerConnection;
import io.gangway.python.loop.EventLoop;
import io.gangway.python.protocol.ExchangeState;
import io.gangway.python.protocol.Frame;
import io.gangway.python.protocol.ProtocolException;
import io.gangway.python.supervisor.Reception.Guest;
import io.gangway.python.supervisor.Worker.State;
import java.util.List;

/** Takes the connections of workers, and the frames and output that come over them. Belongs to the event loop. */
final class WorkerLinks {
    private final EventLoop loop;
    private final int slots;
    private final Dispatcher dispatcher;
    private final Owner owner;

    /** Is told of the workers' changes. */
    interface Owner {
        /** A worker has sent READY, and all its connections are open. */
        void ready(Worker worker, List<String> told);

        /** A worker's control connection has ended, and so will the worker. For an orphan this is the only report of its end. */
        void controlEnded(Worker worker);
    }

    WorkerLinks(EventLoop loop, int slots, Dispatcher dispatcher, Owner owner) {
        this.loop = loop;
        this.slots = slots;
        this.dispatcher = dispatcher;
        this.owner = owner;
    }

    void add(Worker worker, Guest guest) {
        worker.processKnown(guest.pid());
        switch (guest.purpose()) {
            case CONTROL -> {
                worker.control = Link.ofFrames(guest, frame -> take(worker, frame), () -> owner.controlEnded(worker));
                worker.control.begin();
            }
            case STDOUT -> worker.addOutput(Link.ofLines(guest, new LineSplitter(worker.log()::stdout)));
            case STDERR -> worker.addOutput(Link.ofLines(guest, new LineSplitter(worker.log()::stderr)));
            default -> addExchange(worker, guest);
        }
    }

    private void addExchange(Worker worker, Guest guest) {
        boolean isSilent = guest.decoder().isBetweenFrames(); // before a request, there is nothing to say
        if (guest.slot() < 0 || guest.slot() >= slots || !isSilent) {
            guest.refuse();
            return;
        }
        guest.key().cancel();
        new WorkerConnection(dispatcher, worker.serving(slots), guest.slot(), guest.channel(), new ExchangeState())
                .join(() -> loop.execute(() -> {
                    worker.connections++;
                    readyIfConnected(worker);
                }));
    }

    private void take(Worker worker, Frame frame) throws ProtocolException {
        switch (frame.type()) {
            case STEP -> worker.begin(frame.fields(2).get(0));
            case READY -> {
                worker.told = frame.fields(4);
                checkReady(worker.told);
                readyIfConnected(worker);
            }
            case FAILED -> worker.failure = Failed.of(frame);
            case LOG -> worker.log().record(frame);
            case BEAT -> worker.beatAt = System.nanoTime();
            default -> throw new ProtocolException(frame.type() + " from a worker's control connection");
        }
    }

    private void checkReady(List<String> told) throws ProtocolException {
        try {
            int count = Integer.parseInt(told.get(3));
            if (count < 1 || count > slots) {
                throw new ProtocolException("READY with " + count + " connections; at most " + slots + " are allowed");
            }
        } catch (NumberFormatException e) {
            throw new ProtocolException("READY with " + quote(told.get(3)) + " connections");
        }
    }

    /** READY may overtake the connections that were opened before it: without them, the worker could not take its first request. */
    private void readyIfConnected(Worker worker) {
        List<String> told = worker.told;
        if (worker.state == State.STARTING && told != null && worker.connections >= Integer.parseInt(told.get(3))) {
            owner.ready(worker, told);
        }
    }
}
