package io.gangway.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.deploy.Deployment.State;
import io.gangway.deploy.applications.Applications;
import io.gangway.exchange.BlockingWire;
import io.gangway.exchange.EndedExchange;
import io.gangway.exchange.ErrorPage;
import io.gangway.exchange.Exchange;
import io.gangway.exchange.ExchangeApplication;
import io.gangway.exchange.RequestFacts;
import io.gangway.exchange.ResponseHead;
import io.gangway.exchange.ResponseSink;
import io.gangway.exchange.Step;
import io.gangway.server.FactsEnviron;
import io.gangway.server.Serving;
import io.gangway.testlog.CapturedLog;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.ServerViolation;
import io.gangway.wsgi.StartResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeploymentTest {
    private static final ClassLoader OURS = DeploymentTest.class.getClassLoader();
    private static final String WORKING = "class:" + Applications.Working.class.getName();

    @TempDir
    private Path folder;

    @Test
    void starts_what_the_setting_names() {
        try (Deployment deployment = start(WORKING)) {
            assertThat(deployment.application()).isInstanceOf(Applications.Working.class);
            assertThat(deployment.state()).isEqualTo(State.RUNNING);
            assertThat(deployment.isMultithread()).isTrue();
            assertThat(deployment.isMultiprocess()).isFalse();
            assertThat(deployment.settings().get(CoreSettings.APPLICATION)).isEqualTo(WORKING);
        }
    }

    @Test
    void each_start_is_a_deployment_of_its_own() {
        Settings settings = settings("gangway.application", WORKING);
        ApplicationLoaders loaders = ApplicationLoaders.visibleTo(OURS);
        Deployment one = Deployment.start(settings, loaders);
        Deployment other = Deployment.start(settings, loaders);
        assertThat(one.application()).isNotSameAs(other.application());
        one.close();
        assertThat(other.state()).isEqualTo(State.RUNNING);
        other.close();
    }

    @Test
    void each_start_logs_the_former_names_of_settings() {
        Setting<Boolean> renamed = Setting.bool("shiny", "Whether.").formerly("polished");
        List<Setting<?>> definitions = new ArrayList<>(CoreSettings.all());
        definitions.add(renamed);
        Settings settings = Settings.resolve(
                definitions,
                List.of(SettingSource.initParams(Map.of("gangway.application", WORKING, "gangway.polished", "true"))));
        String warning =
                "WARNING gangway.polished: the setting is called gangway.shiny now, and the old name is accepted in this"
                        + " release (servlet init-param). Fix: write gangway.shiny";
        try (CapturedLog log = new CapturedLog("io.gangway.deploy")) {
            Deployment.start(settings, ApplicationLoaders.visibleTo(OURS)).close();
            assertThat(log.entries()).containsExactly(warning);
            Deployment.start(settings, LoadedApplication.of(new Applications.Working()))
                    .close();
            assertThat(log.entries()).containsExactly(warning, warning);
        }
    }

    @Test
    void an_application_may_be_given_in_code() {
        LoadedApplication given = new LoadedApplication(new Applications.Working(), false, true, () -> {});
        try (Deployment deployment = Deployment.start(settings("gangway.application", "nonsense"), given)) {
            assertThat(deployment.application()).isSameAs(given.application());
            assertThat(deployment.isMultithread()).isFalse();
            assertThat(deployment.isMultiprocess()).isTrue();
        }
    }

    @Test
    void the_traceback_reaches_the_client_in_development_only() {
        try (Deployment production = start(WORKING);
                Deployment development = Deployment.start(
                        settings("gangway.application", WORKING, "gangway.development", "true"),
                        ApplicationLoaders.visibleTo(OURS))) {
            assertThat(production.rules(ended -> {}).errorPage()).isEqualTo(ErrorPage.PRODUCTION);
            assertThat(development.rules(ended -> {}).errorPage()).isEqualTo(ErrorPage.DEVELOPMENT);
        }
    }

    @ParameterizedTest
    @CsvSource({"false,,false", "true,,true", "true,off,false", "false,fail,true"})
    void broken_rules_fail_in_development_or_where_asked_for(String development, @Nullable String lint, boolean fails) {
        Map<String, String> params = new HashMap<>(Map.of("gangway.development", development));
        if (lint != null) {
            params.put("gangway.lint", lint);
        }
        Settings settings = Settings.resolve(CoreSettings.all(), List.of(SettingSource.initParams(params)));
        LoadedApplication application = LoadedApplication.of(new Applications.Working());
        try (Deployment deployment = Deployment.start(settings, application)) {
            ThrowingCallable call =
                    () -> deployment.application().call(new Environ(), (status, headers, excInfo) -> data -> {});
            if (fails) {
                assertThatThrownBy(call).isInstanceOf(ServerViolation.class).hasMessageStartingWith("W10, environ");
            } else {
                assertThatCode(call).doesNotThrowAnyException();
            }
        }
    }

    /** An application that is a function too, but is served without a call. */
    private static final class Serving204 implements GatewayApplication, ExchangeApplication {
        @Override
        public Iterable<byte[]> call(Environ environ, StartResponse startResponse) {
            throw new AssertionError("a server needs no call");
        }

        @Override
        public void serve(Exchange exchange) {
            exchange.head("204 No Content", List.of(new Header("Upgrade", "x")));
            try {
                exchange.write(new byte[1], 0, 1, true);
                exchange.end();
            } catch (IOException | RuntimeException e) {
                exchange.fail(e);
            }
        }

        @Override
        public boolean isBlocking() {
            return false;
        }
    }

    @ParameterizedTest
    @CsvSource({"off,204,", "log,204,", "fail,500,W64"})
    void an_application_of_exchanges_is_linted_without_a_call(String lint, int status, @Nullable String rule) {
        GatewayApplication application = new Serving204();
        List<EndedExchange> ended = new ArrayList<>();
        Settings settings = settings("gangway.lint", lint);
        try (Deployment deployment = Deployment.start(settings, LoadedApplication.of(application));
                CapturedLog linter = new CapturedLog("io.gangway.lint");
                CapturedLog server = new CapturedLog("io.gangway.server")) {
            assertThat(deployment.application()).isSameAs(application);
            ExchangeApplication served = deployment.served(exchange -> new Environ());
            assertThat(served).isSameAs(application);
            deployment
                    .rules(ended::add)
                    .serve(
                            RequestFacts.of("r-1", "GET").build(),
                            new BlockingWire(InputStream.nullInputStream(), new NoSink()),
                            served);
            assertThat(linter.entries())
                    .extracting(entry -> entry.substring("WARNING ".length(), "WARNING W00".length()))
                    .containsExactlyElementsOf(
                            switch (lint) {
                                case "log" -> List.of("W52", "W64");
                                case "fail" -> List.of("W52");
                                default -> List.of();
                            });
            assertThat(server.entries()).hasSize(lint.equals("off") ? 1 : 0);
        }
        assertThat(ended).singleElement().satisfies(one -> {
            assertThat(one.status()).isEqualTo(status);
            if (rule != null) {
                assertThat(one.outcome().problem()).hasMessageStartingWith(rule + ", the body: ");
            } else {
                assertThat(one.outcome().problem()).isNull();
            }
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "||10.0.0.7|http",
                "10.0.0.0/8||192.0.2.1|https",
                "::1, 10.0.0.7||192.0.2.1|https",
                "10.0.0.8||10.0.0.7|http",
                "10.0.0.0/8|x-forwarded-for|192.0.2.1|http",
                "10.0.0.0/8|forwarded|192.0.2.2|http"
            })
    void only_trusted_proxies_are_believed(
            @Nullable String proxies, @Nullable String headers, String client, String scheme) {
        Map<String, String> params = new HashMap<>();
        params.put("gangway.trusted-proxies", proxies == null ? "" : proxies);
        if (headers != null) {
            params.put("gangway.trusted-headers", headers);
        }
        Settings settings = Settings.resolve(CoreSettings.all(), List.of(SettingSource.initParams(params)));
        RequestFacts facts = RequestFacts.of("r-1", "GET")
                .client("10.0.0.7", null)
                .server("shop.example", "80")
                .headers(List.of(
                        new Header("X-Forwarded-For", "192.0.2.1"),
                        new Header("X-Forwarded-Proto", "https"),
                        new Header("Forwarded", "for=192.0.2.2")))
                .build();
        Environ environ = environOf(facts, settings);
        assertThat(environ.get(Environ.REMOTE_ADDR)).isEqualTo(client);
        assertThat(environ.scheme()).isEqualTo(scheme);
    }

    /** The environ that a deployment's application gets. */
    private static Environ environOf(RequestFacts facts, Settings settings) {
        List<Environ> given = new ArrayList<>();
        GatewayApplication application = (environ, startResponse) -> {
            given.add(new Environ(environ));
            startResponse.start("204 No Content", List.of());
            return List.of();
        };
        List<EndedExchange> ended = new ArrayList<>();
        try (Deployment deployment = Deployment.start(settings, LoadedApplication.of(application))) {
            deployment
                    .rules(ended::add)
                    .serve(
                            facts,
                            new BlockingWire(InputStream.nullInputStream(), new NoSink()),
                            deployment.served(
                                    exchange -> FactsEnviron.of(exchange.facts(), Serving.objects(Map.of()))));
        }
        assertThat(ended).singleElement().extracting(EndedExchange::status).isEqualTo(204);
        return given.get(0);
    }

    private static final class NoSink implements ResponseSink {
        @Override
        public void commit(ResponseHead head) {}

        @Override
        public void write(byte[] data, int offset, int length, boolean flush) {}
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gangway.trusted-proxies|proxy.example|addresses or networks such as 10.0.0.0/8 or ::1, or unix,"
                        + " separated by commas|empty",
                "gangway.trusted-proxies|10.0.0.0/33|addresses or networks such as 10.0.0.0/8 or ::1, or unix,"
                        + " separated by commas|empty",
                "gangway.trusted-headers|forwarded, x-forwarded-for|either forwarded alone, or some of the x-forwarded"
                        + " headers|x-forwarded-for, x-forwarded-proto",
                "gangway.trusted-headers|x-real-ip|some of forwarded, x-forwarded-for, x-forwarded-proto,"
                        + " x-forwarded-host, x-forwarded-port, x-forwarded-prefix; separated by"
                        + " commas|x-forwarded-for, x-forwarded-proto"
            })
    void a_slip_about_proxies_is_an_error(String key, String value, String expected, String standard) {
        assertThatThrownBy(() -> settings(key, value))
                .isInstanceOf(DeploymentException.class)
                .hasMessage(key + ": expected " + expected + "; found \"" + value
                        + "\" (from servlet init-param). Fix: correct it, or remove it for the default: " + standard);
    }

    @Test
    void the_deployers_values_are_in_each_environ_as_native_strings() {
        Settings settings = settings("gangway.environ.shop.name", "Café", "gangway.environ.EMPTY", "");
        RequestFacts facts = RequestFacts.of("r-1", "GET")
                .add(Map.of("shop.name", "from somewhere else"))
                .build();
        assertThat(environOf(facts, settings)).containsEntry("EMPTY", "").containsEntry("shop.name", "Caf\u00c3\u00a9");
        assertThat(environOf(facts, settings()))
                .doesNotContainKey("EMPTY")
                .containsEntry("shop.name", "from somewhere else");
    }

    @Test
    void the_server_s_steps_see_the_client_as_the_proxies_name_it() {
        List<String> seen = new ArrayList<>();
        Step step = new Step() {
            @Override
            public RequestFacts before(RequestFacts facts) {
                seen.add("before " + facts.clientAddress().orElse("-") + " " + facts.additions());
                return facts;
            }
        };
        Settings settings = settings(
                "gangway.application", WORKING, "gangway.trusted-proxies", "10.0.0.7", "gangway.environ.TONE", "low");
        try (Deployment deployment =
                Deployment.start(settings, ApplicationLoaders.visibleTo(OURS), List.of(step), "/shop")) {
            assertThat(deployment.name()).isEqualTo("/shop");
            deployment
                    .rules(ended -> {})
                    .before(RequestFacts.of("r-1", "GET")
                            .client("10.0.0.7", null)
                            .headers(List.of(new Header("X-Forwarded-For", "192.0.2.1")))
                            .build());
        }
        assertThat(seen)
                .singleElement()
                .asString()
                .startsWith("before 192.0.2.1 ")
                .contains("TONE=low");
    }

    @Test
    void without_a_context_path_a_deployment_has_its_applications_name() {
        try (Deployment deployment =
                Deployment.start(settings("gangway.application", WORKING), ApplicationLoaders.visibleTo(OURS))) {
            assertThat("class:" + deployment.name()).isEqualTo(WORKING);
        }
    }

    @Test
    void without_an_application_there_is_no_deployment() {
        assertThatThrownBy(() -> Deployment.start(settings(), ApplicationLoaders.visibleTo(OURS)))
                .isInstanceOf(DeploymentException.class)
                .hasMessage("gangway.application: expected an application such as class:com.acme.Hello; found nothing."
                        + " Fix: set gangway.application as servlet init-param, context-param or system property, or"
                        + " GANGWAY_APPLICATION in the environment");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "com.acme.Hello|write class:com.acme.Hello if that is a Java class, or put a loader's name and a colon"
                        + " before it, as in class:com.acme.Hello",
                "class:|write the application's name after the colon, as in class:com.acme.Hello",
                ":|write the application's name after the colon, as in class:com.acme.Hello"
            })
    void an_application_is_a_loader_a_colon_and_a_name(String value, String fix) {
        assertThatThrownBy(() -> start(value))
                .isInstanceOf(DeploymentException.class)
                .hasMessage("gangway.application: expected a loader, a colon and an application's name; found \""
                        + value
                        + "\" (from servlet init-param). Fix: " + fix);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Class:com.acme.Hello|write class: if that was meant",
                "clas:com.acme.Hello|write class: if that was meant",
                "python:shop.wsgi:application|start with one of these loaders, or add the module that has this one (bridge-python, if it is a"
                        + " Python application)",
                ":Hello|start with one of these loaders, or add the module that has this one (bridge-python, if it is a Python"
                        + " application)"
            })
    void an_unknown_loader_is_an_error_that_lists_the_known_ones(String value, String fix) {
        assertThatThrownBy(() -> start(value))
                .isInstanceOf(DeploymentException.class)
                .hasMessage("gangway.application: expected one of the loaders class: and an application's name;"
                        + " found \"" + value
                        + "\" (from servlet init-param). Fix: " + fix);
    }

    @Test
    void finds_the_loaders_that_the_class_loader_sees_and_their_settings() throws Exception {
        try (URLClassLoader application = serviceIn(folder, EchoLoader.class)) {
            ApplicationLoaders loaders = ApplicationLoaders.visibleTo(application);
            assertThat(loaders.all()).extracting(ApplicationLoader::name).containsExactly("class", "echo");
            assertThat(loaders.settings()).containsAll(CoreSettings.all()).contains(EchoLoader.TONE);
            Settings settings = Settings.resolve(
                    loaders.settings(),
                    List.of(SettingSource.initParams(
                            Map.of("gangway.application", "echo:a:b", "gangway.echo-tone", "low"))));
            try (Deployment deployment = Deployment.start(settings, loaders)) {
                assertThat(deployment.application()).hasToString("a:b, low, " + application);
            }
        }
    }

    @Test
    void a_name_without_a_loader_is_for_the_loader_that_takes_bare_names() throws Exception {
        try (URLClassLoader application = serviceIn(folder, BareLoader.class)) {
            ApplicationLoaders loaders = ApplicationLoaders.visibleTo(application);
            assertThat(Stream.of("a:b", "a", ":b", "bare:a", "class:a", "")
                            .map(loaders::wholeName)
                            .toList())
                    .containsExactly("bare:a:b", "bare:a", "bare::b", "bare:a", "class:a", "");
            try (Deployment deployment = Deployment.start(named("a:b"), loaders)) {
                assertThat(deployment.application()).hasToString("a:b");
            }
            assertThatThrownBy(() -> Deployment.start(named("clas:absent"), loaders))
                    .isInstanceOf(DeploymentException.class)
                    .hasMessage("there is no clas:absent. Fix: none; if a loader was meant, write class:absent");
            assertThatThrownBy(() -> Deployment.start(named("other:absent"), loaders))
                    .isInstanceOf(DeploymentException.class)
                    .hasMessage("there is no other:absent. Fix: none");
            assertThatThrownBy(() -> Deployment.start(named("bare:absent"), loaders))
                    .isInstanceOf(DeploymentException.class)
                    .hasMessage("there is no absent. Fix: none");
        }
    }

    private static Settings named(String application) {
        return Settings.resolve(
                CoreSettings.all(), List.of(SettingSource.initParams(Map.of("gangway.application", application))));
    }

    @Test
    void finds_the_loaders_that_gangway_itself_sees() throws Exception {
        try (URLClassLoader gangways = serviceIn(folder, EchoLoader.class)) {
            assertThat(ApplicationLoaders.visibleTo(OURS, gangways).all())
                    .extracting(ApplicationLoader::name)
                    .containsExactly("class", "echo");
        }
    }

    @Test
    void a_loader_seen_twice_counts_once() throws Exception {
        try (URLClassLoader one = serviceIn(folder, EchoLoader.class);
                URLClassLoader other = serviceIn(folder, EchoLoader.class)) {
            assertThat(ApplicationLoaders.visibleTo(one, other).all())
                    .extracting(ApplicationLoader::name)
                    .containsExactly("class", "echo");
        }
    }

    @Test
    void two_loaders_of_one_name_are_an_error() throws Exception {
        try (URLClassLoader application = serviceIn(folder, EchoLoader.class, OtherEchoLoader.class)) {
            assertThatThrownBy(() -> ApplicationLoaders.visibleTo(application))
                    .isInstanceOf(DeploymentException.class)
                    .hasMessage("two application loaders are named \"echo\": " + EchoLoader.class.getName() + " and "
                            + OtherEchoLoader.class.getName() + ". Fix: remove the jar that holds one of them");
        }
    }

    @Test
    void a_loader_that_cannot_be_made_is_an_error() throws Exception {
        try (URLClassLoader application = serviceIn(folder, Applications.NotAnApplication.class)) {
            assertThatThrownBy(() -> ApplicationLoaders.visibleTo(application))
                    .isInstanceOf(DeploymentException.class)
                    .hasCauseInstanceOf(ServiceConfigurationError.class)
                    .message()
                    .startsWith("an application loader cannot be used: ")
                    .endsWith("not a subtype. Fix: keep all of Gangway's jars in one place and of one version");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"fail", "interrupt"})
    void what_a_loader_throws_is_kept_as_the_cause(String how) throws Exception {
        try (URLClassLoader application = serviceIn(folder, EchoLoader.class)) {
            ApplicationLoaders loaders = ApplicationLoaders.visibleTo(application);
            Settings settings = Settings.resolve(
                    loaders.settings(),
                    List.of(SettingSource.initParams(Map.of("gangway.application", "echo:" + how))));
            assertThatThrownBy(() -> Deployment.start(settings, loaders))
                    .isInstanceOf(DeploymentException.class)
                    .hasMessageMatching("gangway.application: \"echo:" + how + "\" could not be loaded: java\\S+:"
                            + " no voice\\. Fix: correct the code that the stack trace shows")
                    .hasCauseInstanceOf(how.equals("fail") ? IOException.class : InterruptedException.class);
            assertThat(Thread.interrupted()).isEqualTo(how.equals("interrupt"));
        }
    }

    @Test
    void closing_stops_the_application_once() {
        AtomicInteger closed = new AtomicInteger();
        Deployment deployment =
                Deployment.start(settings(), LoadedApplication.of(new Closing(closed::incrementAndGet)));
        assertThat(closed).hasValue(0);
        deployment.close();
        deployment.close();
        assertThat(closed).hasValue(1);
        assertThat(deployment.state()).isEqualTo(State.STOPPED);
    }

    @Test
    void a_stop_with_a_deadline_is_told_how_much_of_it_is_left() {
        List<String> calls = new ArrayList<>();
        TimedStop stop = new TimedStop() {
            @Override
            public Duration time() {
                return Duration.ofSeconds(7);
            }

            @Override
            public void close(Duration time) {
                calls.add(time.toString());
            }

            @Override
            public void close() {
                calls.add("as long as the settings allow");
            }
        };

        assertThat(given(stop).timeToStop()).hasValue(Duration.ofSeconds(7));
        given(stop).close(Duration.ofSeconds(3));
        given(stop).close();
        given(() -> calls.add("it knows of no deadline")).close(Duration.ZERO);
        assertThat(calls).containsExactly("PT3S", "as long as the settings allow", "it knows of no deadline");
    }

    private static Deployment given(AutoCloseable stop) {
        return Deployment.start(settings(), new LoadedApplication(new Applications.Working(), true, false, stop));
    }

    @Test
    void a_second_close_does_not_wait_for_the_first() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        AtomicInteger closed = new AtomicInteger();
        Deployment deployment = Deployment.start(settings(), LoadedApplication.of(new Closing(() -> {
            closed.incrementAndGet();
            entered.countDown();
            assertThat(leave.await(30, TimeUnit.SECONDS)).isTrue();
        })));
        Thread first = new Thread(deployment::close);
        first.start();
        assertThat(entered.await(30, TimeUnit.SECONDS)).isTrue();
        deployment.close();
        assertThat(deployment.state()).isEqualTo(State.STOPPING);
        leave.countDown();
        first.join(10_000);
        assertThat(deployment.state()).isEqualTo(State.STOPPED);
        assertThat(closed).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void an_application_that_fails_to_stop_is_stopped_all_the_same(boolean interrupted) {
        Deployment deployment = Deployment.start(settings(), LoadedApplication.of(new Closing(() -> {
            throw interrupted ? new InterruptedException("stuck") : new IOException("stuck");
        })));
        assertThatThrownBy(deployment::close)
                .isInstanceOf(DeploymentException.class)
                .hasMessageMatching("the application did not stop cleanly: java\\S+: stuck\\. Fix: correct the code"
                        + " that the stack trace shows")
                .hasCauseInstanceOf(interrupted ? InterruptedException.class : IOException.class);
        assertThat(Thread.interrupted()).isEqualTo(interrupted);
        assertThat(deployment.state()).isEqualTo(State.STOPPED);
        deployment.close();
    }

    private static Deployment start(String application) {
        return Deployment.start(settings("gangway.application", application), ApplicationLoaders.visibleTo(OURS));
    }

    private static Settings settings(String... namesAndValues) {
        Map<String, String> params = new HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            params.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return Settings.resolve(CoreSettings.all(), List.of(SettingSource.initParams(params)));
    }

    private static URLClassLoader serviceIn(Path folder, Class<?>... providers) throws IOException {
        return new URLClassLoader(
                new URL[] {fileWithService(folder, providers).toUri().toURL()}, OURS);
    }

    private static Path fileWithService(Path folder, Class<?>... providers) throws IOException {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        List<String> names = Arrays.stream(providers).map(Class::getName).toList();
        Files.write(services.resolve(ApplicationLoader.class.getName()), names, UTF_8);
        return folder;
    }

    @SuppressWarnings("try") // an application's close() may throw any exception
    private record Closing(AutoCloseable onClose) implements GatewayApplication, AutoCloseable {
        @Override
        public Iterable<byte[]> call(Environ environ, StartResponse startResponse) {
            return List.of();
        }

        @Override
        public void close() throws Exception {
            onClose.close();
        }
    }

    /** Loads applications that answer with the source that they were loaded from. */
    public static class EchoLoader implements ApplicationLoader {
        static final Setting<String> TONE =
                Setting.text("echo-tone", "a tone", "How it sounds.").withDefault("high");

        @Override
        public String name() {
            return "echo";
        }

        @Override
        public String example() {
            return "echo:anything";
        }

        @Override
        public List<Setting<?>> settings() {
            return List.of(TONE);
        }

        @Override
        public LoadedApplication load(String name, LoadContext context) throws Exception {
            switch (name) {
                case "fail" -> throw new IOException("no voice");
                case "interrupt" -> throw new InterruptedException("no voice");
                default -> {
                    return LoadedApplication.of(
                            new Echo(name + ", " + context.settings().get(TONE) + ", " + context.classLoader()));
                }
            }
        }
    }

    /** Takes names without a loader. */
    public static final class BareLoader implements ApplicationLoader {
        @Override
        public String name() {
            return "bare";
        }

        @Override
        public String example() {
            return "bare:anything";
        }

        @Override
        public boolean takesBareNames() {
            return true;
        }

        @Override
        public LoadedApplication load(String name, LoadContext context) {
            if (name.endsWith("absent")) {
                throw DeploymentException.noSuchApplication("there is no " + name + ". Fix: none");
            }
            return LoadedApplication.of(new Echo(name));
        }
    }

    /** Uses a name that another loader has. */
    public static final class OtherEchoLoader extends EchoLoader {}

    private record Echo(String text) implements GatewayApplication {
        @Override
        public Iterable<byte[]> call(Environ environ, StartResponse startResponse) {
            return List.of();
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
