package io.gangway.exchange;

import java.util.Optional;

/**
 * What a server does to every request of a deployment, whatever kind of application answers it: trusted proxies, request ids, additions to the
 * environ, the access log.
 *
 * <p>A step is no wrapper: it changes the facts before the application gets them, and sees the head and the outcome. It costs no thread, and
 * its methods must not block for long. The first step of a deployment sees the request first, and the outcome last.
 *
 * <p>Thread-safe.
 */
public interface Step {
    /**
     * Changes the facts about a request. What it throws is the exchange's failure: the application is not called.
     *
     * @param facts as the steps before this one left them
     * @return the facts for the next step and the application
     */
    default RequestFacts before(RequestFacts facts) {
        return facts;
    }

    /**
     * Answers a request in place of the application.
     *
     * @param facts as all steps left them
     * @return what answers it; empty if this step does not
     */
    default Optional<ExchangeApplication> instead(RequestFacts facts) {
        return Optional.empty();
    }

    /**
     * Sees what the application gives to an exchange. Called once for each exchange, before the application is.
     *
     * @param facts as all steps left them
     * @return what sees it; empty if this step has nothing to see
     */
    default Optional<ExchangeWatch> watch(RequestFacts facts) {
        return Optional.empty();
    }

    /**
     * Changes a response's head, the heads of error pages too. Called when the head is final; the last step of a deployment gets it first.
     *
     * @param facts of the request
     * @param head checked
     * @return the head to send
     */
    default ResponseHead head(RequestFacts facts, ResponseHead head) {
        return head;
    }

    /**
     * Sees how an exchange ended. Called once for each exchange. What it throws is added to the exchange's outcome.
     *
     * @param ended the exchange
     */
    default void after(EndedExchange ended) {}
}
