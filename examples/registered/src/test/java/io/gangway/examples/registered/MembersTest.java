package io.gangway.examples.registered;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.testing.TestClient;
import org.junit.jupiter.api.Test;

class MembersTest {
    @Test
    void greets_whom_the_container_authenticated() {
        TestClient client = TestClient.of(new Members()).withEnviron("REMOTE_USER", "ada");

        assertThat(client.get("/").send().text()).isEqualTo("Welcome aboard, ada\n");
    }
}
