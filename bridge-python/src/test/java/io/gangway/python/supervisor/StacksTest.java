package io.gangway.python.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What faulthandler writes, as one log entry. */
class StacksTest {
    private static final String ENDED = "was ended by Gangway while it was doing this:\n";

    private static Stacks stacks(String first, String... lines) {
        assertThat(Stacks.isFirst(first)).isTrue();
        Stacks stacks = new Stacks(first);
        List.of(lines).forEach(stacks::add);
        return stacks;
    }

    @Test
    void tell_a_process_that_gangway_ended_from_one_that_crashed() {
        Stacks aborted = stacks("Fatal Python error: Aborted", "", "Thread 0x1:", "  File a", "Extension modules: b");
        assertThat(aborted.inWords(true)).isEqualTo(ENDED + "Thread 0x1:\n  File a");
        assertThat(aborted.inWords(false))
                .isEqualTo("crashed: Fatal Python error: Aborted; while it was doing this:\nThread 0x1:\n  File a");

        Stacks crashed = stacks("Fatal Python error: Segmentation fault", "Thread 0x1:", "  File a");
        assertThat(crashed.inWords(true))
                .isEqualTo(
                        "crashed: Fatal Python error: Segmentation fault; while it was doing this:\nThread 0x1:\n  File a");
    }

    /** faulthandler looks at the frames of threads that run. */
    @Test
    void that_faulthandler_could_not_write_to_the_end_are_no_crash_of_the_application() {
        Stacks cut = stacks(
                "Fatal Python error: Aborted",
                "Thread 0x1:",
                "  File a",
                "  File Fatal Python error: Segmentation fault",
                "Current thread 0x2:",
                "  <no Python frame>");
        assertThat(cut.inWords(true))
                .isEqualTo(
                        ENDED + "Thread 0x1:\n  File a\n  File (the rest could not be written: a thread was running)");
    }
}
