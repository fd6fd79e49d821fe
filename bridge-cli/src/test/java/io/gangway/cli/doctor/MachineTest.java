package io.gangway.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MachineTest {
    @Test
    void warns_if_an_asgi_application_may_need_more_files_than_may_be_open() {
        assertThat(Machine.filesOfAsgi(4, 1_000, 4_096))
                .hasValueSatisfying(finding -> assertThat(finding.text())
                        .isEqualTo(
                                "warning  limits       the JVM may open only 4096 files: 4000 requests and WebSockets, which"
                                        + " gangway.asgi-concurrency allows in all workers together, need 2 each\n"
                                        + "                      Fix: raise the limit (ulimit -n, or LimitNOFILE of systemd), or set a"
                                        + " smaller gangway.asgi-concurrency"));
        assertThat(Machine.filesOfAsgi(1, 1_000, 4_096)).isEmpty();
        assertThat(Machine.filesOfAsgi(100, 10_000, Long.MAX_VALUE)).isEmpty();
    }

    @Test
    void warns_if_an_asgi_application_may_need_more_heap_than_there_is() {
        assertThat(Machine.heapOfAsgi(32, 1_000, 512L << 20))
                .hasValueSatisfying(finding -> assertThat(finding.text())
                        .isEqualTo(
                                "warning  limits       the JVM's heap is at most 512 MiB: 32000 requests and WebSockets, which"
                                        + " gangway.asgi-concurrency allows in all workers together, may need 642 MiB, without messages that wait\n"
                                        + "                      Fix: give it more (JAVA_OPTS='-XX:+UseSerialGC -Xms16m -Xmn8m -Xmx643m'), or set a smaller"
                                        + " gangway.asgi-concurrency"));
        assertThat(Machine.heapOfAsgi(16, 1_000, 512L << 20)).isEmpty();
        assertThat(Machine.heapOfAsgi(26, 1_000, 524L << 20)).isEmpty(); // what it says that 26 need
        assertThat(Machine.heapOfAsgi(26, 1_000, 523L << 20)).isPresent();
    }
}
