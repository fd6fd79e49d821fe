package io.gangway.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("W12")
class EncodedSlashesTest {
    private static final String TOMCAT = "Apache Tomcat/11.0.27";

    private final ServletContext context = mock(ServletContext.class);
    private final HttpServletRequest request = mock(HttpServletRequest.class);

    EncodedSlashesTest() {
        when(context.getContextPath()).thenReturn("/ctx");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // uri                      | servlet path | path info        | refused
                // encodedSolidusHandling=decode: the application gets the path that Tomcat has checked
                "/ctx/a%2Fb                 | ''           | /a/b             | false",
                "/ctx/a%2fb/                | ''           | /a/b/            | false",
                "/ctx/app/a%2Fb             | /app         | /a/b             | false",
                "/ctx/app%2Fa               | /app         | /a               | false",
                "/ctx/caf%C3%A9%2Fb         | ''           | /caf\u00e9/b     | false",
                "/ctx/a%2F%2Fb              | ''           | /a/b             | false",
                "/ctx/a%2F;v=1/b            | ''           | /a/b             | false",
                "/ctx/q%2Fr/../admin/x      | ''           | /q/admin/x       | false",
                // encodedSolidusHandling=passthrough: Tomcat has not treated it as a slash
                "/ctx/admin%2Fx             | ''           | /admin%2Fx       | true",
                "/ctx/admin%2fx             | ''           | /admin%2fx       | true",
                "/ctx/q%2Fr/../admin/x      | ''           | /admin/x         | true",
                // a parameter ends at a slash, and Tomcat looks for it before it decodes
                "/ctx/q;a%2F../admin/x      | ''           | /q/admin/x       | true",
                // no encoded slash
                "/ctx/a/b%252Fc             | ''           | /a/b%2Fc         | false",
                "/ctx/a                     | ''           | /other           | false",
            })
    void in_tomcat_the_application_gets_what_was_judged(
            String uri, String servletPath, String pathInfo, boolean isRefused) {
        when(context.getServerInfo()).thenReturn(TOMCAT);
        when(request.getRequestURI()).thenReturn(uri);
        when(request.getServletPath()).thenReturn(servletPath);
        when(request.getPathInfo()).thenReturn(pathInfo);

        assertThat(new EncodedSlashes(context, false).isRefused(request)).isEqualTo(isRefused);
    }

    @ParameterizedTest
    @CsvSource({"jetty/12.1.14", "Some Server/1.0"})
    void elsewhere_what_is_shown_is_not_what_was_judged(String server) {
        when(context.getServerInfo()).thenReturn(server);
        when(request.getRequestURI()).thenReturn("/ctx/a%2Fb");
        when(request.getServletPath()).thenReturn("");
        when(request.getPathInfo()).thenReturn("/a/b");

        assertThat(new EncodedSlashes(context, false).isRefused(request)).isTrue();
        assertThat(EncodedSlashes.refusal().reason())
                .isEqualTo("The path holds %2F, which the server and the application would understand differently.");
    }

    @Test
    void where_they_are_accepted_they_belong_to_their_segment() {
        when(request.getRequestURI()).thenReturn("/ctx/a%2Fb");
        EncodedSlashes accepted = new EncodedSlashes(context, true);

        assertThat(accepted.isRefused(request)).isFalse();
        assertThat(accepted.decoded("/ctx/a%2Fb/../c")).isEqualTo("/ctx/a%2Fb/../c");
    }
}
