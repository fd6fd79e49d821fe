package io.gangway.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.wsgi.ApplicationViolation;
import io.gangway.wsgi.Header;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResponseHeadNullsTest {
    @Test
    void takes_a_list_that_refuses_to_be_asked_for_null() {
        Header header = new Header("X-Id", "1");

        assertThat(ResponseHead.of("200 OK", List.of(header)).headers()).containsExactly(header);
    }

    @Test
    void refuses_a_null_in_the_list() {
        assertThatThrownBy(() -> ResponseHead.of("200 OK", Arrays.asList(new Header("X-Id", "1"), null)))
                .isInstanceOf(ApplicationViolation.class)
                .hasMessage("W51, start_response: expected a list of headers; found a null in the list."
                        + " Fix: pass List.of() if there are no headers, and leave null entries out");
    }
}
