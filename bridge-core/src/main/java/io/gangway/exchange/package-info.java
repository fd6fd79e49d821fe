/**
 * One exchange between a client and an application of any kind: the facts about a request, its body on demand, and the response.
 *
 * <p>In the order in which a request passes: a server makes {@link io.gangway.exchange.RequestFacts} and a
 * {@link io.gangway.exchange.Wire}, the {@link io.gangway.exchange.Step}s of the deployment change the facts, and an
 * {@link io.gangway.exchange.ExchangeApplication} answers the {@link io.gangway.exchange.Exchange}, whose rules are those of
 * {@link io.gangway.exchange.ResponseState}. The {@link io.gangway.exchange.Outcome} says how it ended.
 */
@NullMarked
package io.gangway.exchange;

import org.jspecify.annotations.NullMarked;
