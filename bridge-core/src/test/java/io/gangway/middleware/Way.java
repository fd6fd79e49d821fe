package io.gangway.middleware;

import io.gangway.exchange.Step;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Middleware;

/** The two ways in which the same thing is done to requests: a test of both has the same sentences. */
enum Way {
    /** By a server, to every request. */
    STEP {
        @Override
        <T extends Middleware & Step> Call send(Call call, T by, GatewayApplication application) {
            return call.to(application, by);
        }
    },
    /** By an application, to its own. */
    MIDDLEWARE {
        @Override
        <T extends Middleware & Step> Call send(Call call, T by, GatewayApplication application) {
            return call.to(by.wrap(application));
        }
    };

    /** Sends a call to an application, with something done on the way. */
    abstract <T extends Middleware & Step> Call send(Call call, T by, GatewayApplication application);
}
