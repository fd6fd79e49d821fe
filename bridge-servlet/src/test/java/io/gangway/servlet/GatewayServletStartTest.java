package io.gangway.servlet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.StartResponse;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.UnavailableException;
import java.io.ByteArrayInputStream;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.stream.Stream;
import javax.xml.stream.FactoryConfigurationError;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GatewayServletStartTest {
    private final ServletContext context = mock(ServletContext.class);

    GatewayServletStartTest() {
        when(context.getContextPath()).thenReturn("/shop");
        when(context.getClassLoader()).thenReturn(getClass().getClassLoader());
        when(context.getInitParameterNames()).thenReturn(Collections.emptyEnumeration());
    }

    @Test
    void loads_the_application_that_the_init_param_names_and_closes_it_once() throws Exception {
        GatewayServlet servlet = new GatewayServlet();
        servlet.init(config(Map.of("gangway.application", "class:" + Counted.class.getName())));
        assertThat(Counted.open).isEqualTo(1);

        servlet.destroy();
        servlet.destroy();
        assertThat(Counted.open).isZero();
    }

    @Test
    void a_subclass_can_make_the_application() throws Exception {
        GatewayServlet servlet = new GatewayServlet() {
            private static final long serialVersionUID = 1L;

            @Override
            protected Optional<GatewayApplication> application() {
                return Optional.of(new Counted());
            }
        };
        servlet.init(config(Map.of()));
        assertThat(Counted.open).isEqualTo(1);

        servlet.destroy();
        assertThat(Counted.open).isZero();
    }

    @Test
    void why_a_start_failed_is_one_entry_of_the_log_with_the_trace() {
        LogRecord entry =
                failedStart(new GatewayServlet(), Map.of("gangway.application", "class:" + Failing.class.getName()));

        assertThat(entry.getLevel()).isEqualTo(Level.SEVERE);
        assertThat(entry.getMessage())
                .startsWith("\"members\" of the web application \"/shop\" cannot start: gangway.application: ")
                .contains("its constructor threw");
        assertThat(entry.getThrown()).hasMessage("the password is sesame");
    }

    @Test
    void no_application_is_one_clear_message_without_a_trace() {
        LogRecord entry = failedStart(new GatewayServlet(), Map.of());

        assertThat(entry.getMessage())
                .startsWith("\"members\" of the web application \"/shop\" cannot start: "
                        + "gangway.application: expected an application such as class:com.acme.Hello");
        assertThat(entry.getThrown()).isNull();
    }

    @Test
    void an_unknown_setting_suggests_the_nearest() {
        LogRecord entry = failedStart(new GatewayServlet(), Map.of("gangway.aplication", "class:x.Y"));

        assertThat(entry.getMessage())
                .contains("gangway.aplication: there is no such setting (servlet init-param)")
                .contains("write gangway.application if that was meant");
    }

    @Test
    void an_application_does_not_run_on_if_the_servlet_cannot_start() {
        when(context.getResourceAsStream("/WEB-INF/web.xml")).thenThrow(new FactoryConfigurationError("no parser"));

        LogRecord entry =
                failedStart(new GatewayServlet(), Map.of("gangway.application", "class:" + Counted.class.getName()));

        assertThat(entry.getThrown()).isInstanceOf(FactoryConfigurationError.class);
        assertThat(Counted.open).isZero();
    }

    @ParameterizedTest
    @MethodSource("whatApplicationsThrow")
    void whatever_a_subclass_throws_is_logged_and_not_thrown(Throwable thrown) {
        GatewayServlet servlet = new GatewayServlet() {
            private static final long serialVersionUID = 1L;

            @Override
            protected Optional<GatewayApplication> application() throws Exception {
                throw sneaky(thrown);
            }
        };

        assertThat(failedStart(servlet, Map.of()).getMessage())
                .endsWith("cannot start: the application could not be made: " + thrown
                        + ". Fix: correct the code that the stack trace below shows");
    }

    static Stream<Throwable> whatApplicationsThrow() {
        return Stream.of(
                new IllegalStateException("the password is sesame"),
                new UnavailableException("the password is sesame", 1),
                new ExceptionInInitializerError("the password is sesame"),
                new AssertionError("the password is sesame"));
    }

    @Test
    void a_filter_keeps_the_reason_to_itself_too() throws Exception {
        FilterConfig config = mock(FilterConfig.class);
        when(config.getFilterName()).thenReturn("door");
        when(config.getServletContext()).thenReturn(context);
        when(config.getInitParameterNames()).thenReturn(Collections.emptyEnumeration());

        assertThat(failedStart(() -> new GatewayFilter().init(config)).getMessage())
                .startsWith("\"door\" of the web application \"/shop\" cannot start: gangway.application: expected");
    }

    @Test
    void a_distributable_web_application_is_multiprocess() {
        assertThat(Distributable.isMarked(context)).isFalse();
        when(context.getResourceAsStream("/WEB-INF/web.xml"))
                .thenAnswer(call -> descriptor("<web-app><distributable/></web-app>"));
        assertThat(Distributable.isMarked(context)).isTrue();
        when(context.getResourceAsStream("/WEB-INF/web.xml"))
                .thenAnswer(call -> descriptor("<web-app><!-- <distributable/> --></web-app>"));
        assertThat(Distributable.isMarked(context)).isFalse();
    }

    private static ByteArrayInputStream descriptor(String xml) {
        return new ByteArrayInputStream(xml.getBytes(UTF_8));
    }

    private LogRecord failedStart(GatewayServlet servlet, Map<String, String> parameters) {
        return failedStart(() -> servlet.init(config(parameters)));
    }

    /** The log entry of a failed start. The exception, which a container catches and shows, has nothing of it. */
    private static LogRecord failedStart(ThrowingCallable start) {
        try (CapturedLog log = new CapturedLog()) {
            assertThatThrownBy(start)
                    .isInstanceOfSatisfying(
                            UnavailableException.class,
                            e -> assertThat(e.isPermanent()).isTrue())
                    .hasMessage("the application did not start. The log says why, in an entry of io.gangway.servlet."
                            + " Fix: do what that entry says, and deploy again")
                    .hasNoCause()
                    .hasNoSuppressedExceptions()
                    .satisfies(e -> assertThat(e.getStackTrace()).isEmpty());
            assertThat(log.entries()).hasSize(1);
            return log.entries().get(0);
        }
    }

    /** Throws a checked exception that the method does not declare, as an application may. */
    @SuppressWarnings("unchecked")
    private static <T extends Throwable> RuntimeException sneaky(Throwable thrown) throws T {
        throw (T) thrown;
    }

    private ServletConfig config(Map<String, String> parameters) {
        ServletConfig config = mock(ServletConfig.class);
        when(config.getServletName()).thenReturn("members");
        when(config.getServletContext()).thenReturn(context);
        when(config.getInitParameterNames()).thenAnswer(call -> Collections.enumeration(parameters.keySet()));
        parameters.forEach((name, value) -> when(config.getInitParameter(name)).thenReturn(value));
        return config;
    }

    /** An application that counts its open instances. */
    public static final class Counted implements GatewayApplication, AutoCloseable {
        private static int open;

        /** Opens an instance. */
        public Counted() {
            open++;
        }

        @Override
        public Iterable<byte[]> call(Environ environ, StartResponse startResponse) {
            startResponse.start("204 No Content", List.of());
            return List.of();
        }

        @Override
        public void close() {
            open--;
        }
    }

    /** An application whose constructor fails. */
    public static final class Failing implements GatewayApplication {
        /** Fails. */
        public Failing() {
            throw new IllegalStateException("the password is sesame");
        }

        @Override
        public Iterable<byte[]> call(Environ environ, StartResponse startResponse) {
            throw new IllegalStateException("never made");
        }
    }
}
