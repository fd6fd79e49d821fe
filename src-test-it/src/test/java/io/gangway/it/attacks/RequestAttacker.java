package io.gangway.it.attacks;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.gangway.it.attacks.Attack.Protocol;
import io.gangway.it.attacks.State.Seen;
import io.gangway.it.client.Answer;
import io.gangway.it.client.Answer.Ending;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Performs one attack on requests, and judges all answers that come to it. */
final class RequestAttacker implements Attacker {
    /** How long a request may wait for the application, behind those of all the other attackers. */
    private static final Duration LONGEST_QUEUE = Duration.ofSeconds(60);

    private static final int LONGEST_PAUSE_MILLIS = 300;

    /** What a server may answer to a request that it has not got whole. */
    private static final Set<Integer> REFUSALS = Set.of(400, 408);

    private final Attack attack;
    private final Journal journal;
    private final Random random;
    private final List<TestRequest> requests = new ArrayList<>();

    RequestAttacker(Attack attack, Journal journal, long seed) {
        this.attack = attack;
        this.journal = journal;
        this.random = new Random(seed + attack.number());
        requests.add(TestRequest.of(attack, random));
        if (attack.state().isDouble()) {
            requests.add(TestRequest.of(Kind.ECHO, attack.mount().base(), attack.number() + 1, random));
        }
    }

    @Override
    public boolean isLong() {
        return attack.action().isLong();
    }

    @Override
    public void run() throws IOException, InterruptedException {
        try (AttackClient client = connect()) {
            client.send(requests, attack.state().sent());
            reach(client);
            act(client);
        }
    }

    private AttackClient connect() throws IOException {
        int port = attack.mount().port();
        if (attack.protocol() == Protocol.HTTP_1) {
            return new Http1Client(port, attack.state().isLarge(), random);
        }
        return attack.action() == Action.KEEP_WINDOW_CLOSED || attack.state().isLarge()
                ? Http2Client.withWindow(port, attack.state().seen() == Seen.BLOCK, random)
                : Http2Client.open(port, random);
    }

    private void reach(AttackClient client) throws IOException {
        switch (attack.state().seen()) {
            case NOTHING -> {}
            case CALL -> journal.awaitSilence(attack.number(), LONGEST_QUEUE);
            case HEAD -> client.awaitHead();
            case BLOCK -> client.awaitBlock();
            case ANSWER -> requests.remove(0).check(client.awaitAnswer());
        }
    }

    private void act(AttackClient client) throws IOException, InterruptedException {
        switch (attack.action()) {
            case RESET_CONNECTION -> client.resetConnection();
            case CLOSE -> client.leave();
            case HALF_CLOSE -> {
                client.halfClose();
                judge(
                        client.readToEnd(),
                        attack.protocol() == Protocol.HTTP_1 && attack.state().isWholeRequest());
            }
            case PAUSE -> {
                MILLISECONDS.sleep(random.nextInt(LONGEST_PAUSE_MILLIS));
                goOn(client);
            }
            case STALL, KEEP_WINDOW_CLOSED -> {
                if (attack.state().isWholeRequest()) {
                    MILLISECONDS.sleep(Container.IDLE_MILLIS + random.nextInt(LONGEST_PAUSE_MILLIS));
                }
                judge(
                        client.readToEnd(),
                        attack.action() == Action.STALL
                                && attack.state().isWholeRequest()
                                && !attack.state().isLarge());
            }
            case RESET_STREAM -> resetStream((Http2Client) client);
            case GO_AWAY -> ((Http2Client) client).goAway();
        }
    }

    private void resetStream(Http2Client client) throws IOException {
        client.resetStream();
        if (attack.state().isDouble()) {
            requests.remove(0);
            judge(client.goOn(), true);
        } else {
            // Without a body: Tomcat gives no room on the connection for bytes that a stream had sent before its reset.
            TestRequest other = TestRequest.of(Kind.STREAM, attack.mount().base(), attack.number() + 1, random);
            other.check(client.ask(other));
        }
    }

    private void goOn(AttackClient client) throws IOException {
        boolean mayBeClosed = attack.kind() == Kind.IGNORE && !attack.state().isWholeRequest();
        try {
            judge(client.goOn(), attack.state().seen() != Seen.ANSWER);
        } catch (EOFException | SocketException e) {
            if (!mayBeClosed) { // a server that has answered may close the connection instead of reading the rest
                throw e;
            }
        }
    }

    /** Each answer must be the next request's own; where the request was sent whole, all must come. */
    private void judge(Map<Integer, Answer> answers, boolean isWhole) {
        answers.forEach((index, answer) -> {
            answer.check(index < requests.size(), "no more answers than requests");
            judge(requests.get(index), answer, isWhole);
        });
        if (isWhole && answers.size() < requests.size()) {
            throw new AssertionError("expected " + requests.size() + " answers; got " + answers.values());
        }
    }

    private void judge(TestRequest request, Answer answer, boolean isWhole) {
        if (isWhole) {
            request.check(answer);
            return;
        }
        if (REFUSALS.contains(answer.code()) && answer.values("X-Number").isEmpty()) {
            return;
        }
        request.checkBegin(answer);
        answer.check(
                attack.state().isWholeRequest() || !request.kind().readsBody(),
                "no 200, for the body was not sent whole");
        answer.check(
                request.isWhole(answer) || isVisiblyBroken(answer),
                "a whole answer, or one that is visibly broken off");
    }

    /** In HTTP/2, an end before the given length is malformed too (RFC 9113, section 8.1.1). */
    private static boolean isVisiblyBroken(Answer answer) {
        return answer.ending() == Ending.TRUNCATED
                || (!answer.values("Content-Length").isEmpty()
                        && !answer.values("Content-Length").get(0).equals(Integer.toString(answer.length())));
    }

    @Override
    public boolean has(int number) {
        return number == attack.number() || number == attack.number() + 1;
    }

    @Override
    public String toString() {
        return attack + " with " + requests;
    }
}
