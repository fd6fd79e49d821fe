package io.gangway.servlet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.StartResponse;
import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.io.ByteArrayInputStream;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GatewayServletStartTest {
    private final ServletContext context = mock(ServletContext.class);

    GatewayServletStartTest() {
        when(context.getContextPath()).thenReturn("");
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
    void no_application_is_one_clear_message_without_a_trace() {
        assertThatThrownBy(() -> new GatewayServlet().init(config(Map.of())))
                .isInstanceOf(ServletException.class)
                .hasMessageStartingWith("gangway.application: expected an application such as class:com.acme.Hello")
                .hasNoCause()
                .satisfies(e -> assertThat(e.getStackTrace()).isEmpty());
    }

    @Test
    void an_unknown_setting_suggests_the_nearest() {
        assertThatThrownBy(() -> new GatewayServlet().init(config(Map.of("gangway.aplication", "class:x.Y"))))
                .isInstanceOf(ServletException.class)
                .hasMessageContaining("gangway.aplication: there is no such setting (servlet init-param)")
                .hasMessageContaining("write gangway.application if that was meant");
    }

    @Test
    void an_exception_in_the_constructor_keeps_its_trace() {
        assertThatThrownBy(() -> new GatewayServlet()
                        .init(config(Map.of("gangway.application", "class:" + Failing.class.getName()))))
                .isInstanceOf(ServletException.class)
                .hasMessageContaining("its constructor threw")
                .hasRootCauseMessage("no database");
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

    private ServletConfig config(Map<String, String> parameters) {
        ServletConfig config = mock(ServletConfig.class);
        when(config.getServletContext()).thenReturn(context);
        when(config.getInitParameterNames()).thenAnswer(call -> Collections.enumeration(parameters.keySet()));
        parameters.forEach((name, value) -> when(config.getInitParameter(name)).thenReturn(value));
        return config;
    }

    /** Counts how many of it are open. */
    public static final class Counted implements GatewayApplication, AutoCloseable {
        private static int open;

        /** Opens one. */
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

    /** Cannot be made. */
    public static final class Failing implements GatewayApplication {
        /** Fails. */
        public Failing() {
            throw new IllegalStateException("no database");
        }

        @Override
        public Iterable<byte[]> call(Environ environ, StartResponse startResponse) {
            throw new IllegalStateException("never made");
        }
    }
}
