package io.gangway.it.contract;

import io.gangway.lint.Lint;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Middleware;

/** Lints all cases except those that give a reason against it, for applications that serve the cases from outside this JVM. */
public final class LintedCases implements Middleware {
    /** Makes the middleware. */
    public LintedCases() {}

    @Override
    public GatewayApplication wrap(GatewayApplication application) {
        GatewayApplication linted = new Lint(Lint.Mode.STRICT).wrap(application);
        return (environ, startResponse) -> {
            boolean isLinted = environ.header(ContractApplication.CASE)
                    .flatMap(Cases::named)
                    .map(Case::isLinted)
                    .orElse(true);
            return (isLinted ? linted : application).call(environ, startResponse);
        };
    }
}
