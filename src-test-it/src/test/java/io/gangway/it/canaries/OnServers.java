package io.gangway.it.canaries;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.support.AnnotationConsumer;
import org.junit.jupiter.params.support.ParameterDeclarations;

/** The servers that a canary runs on in every build; with {@code -Dtest.canaries=all} also in {@code gangway run}, and by a WAR in every other one. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ArgumentsSource(OnServers.Provider.class)
@interface OnServers {
    /** The servers. */
    CanaryServer[] value();

    /** Whether it runs on no others, because it has settings of these alone. */
    boolean only() default false;

    /** Gives the servers to the test. */
    final class Provider implements ArgumentsProvider, AnnotationConsumer<OnServers> {
        private final Set<CanaryServer> servers = new TreeSet<>();

        @Override
        public void accept(OnServers on) {
            servers.addAll(Set.of(on.value()));
            if (!on.only() && System.getProperty("test.canaries", "some").equals("all")) {
                Stream.of(CanaryServer.values())
                        .filter(CanaryServer::isBuiltForUsers)
                        .forEach(servers::add);
            }
        }

        @Override
        public Stream<? extends Arguments> provideArguments(
                ParameterDeclarations parameters, ExtensionContext context) {
            return servers.stream().map(Arguments::of);
        }
    }
}
