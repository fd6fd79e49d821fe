package io.gangway.server;

import static io.gangway.server.RecordingSink.bytes;
import static io.gangway.server.RecordingSink.length;
import static io.gangway.server.RecordingSink.returning;
import static io.gangway.server.RecordingSink.yielding;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.exchange.ErrorPage;
import io.gangway.exchange.Outcome;
import io.gangway.exchange.Outcome.Ending;
import io.gangway.wsgi.ApplicationViolation;
import io.gangway.wsgi.FileWrapper;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.StartResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Blocks, lengths and files (W53, W60-W64, W67). */
class ExchangeBodyTest {
    private static final String TOO_SHORT = "W63, the body: expected as many bytes as Content-Length promises; found %d"
            + " fewer. Fix: send the length that the body has, in bytes";
    private static final String TOO_LONG = "W63, the body: expected the %d bytes that Content-Length promises; found at"
            + " least %d. Fix: send the length that the body has, in bytes";

    private final RecordingSink sink = new RecordingSink();

    @TempDir
    Path folder;

    @Test
    void flushes_every_block_but_the_last_of_a_known_number() {
        sink.run(returning(List.of(bytes("a"), bytes("b"), bytes("c"))));
        assertThat(sink.log).containsExactly("commit 200 OK", "flush a", "flush b", "write c");
    }

    @Test
    void supplies_the_length_of_a_single_block() {
        sink.run(returning(List.of(bytes("abc"))));
        assertThat(sink.log).containsExactly("commit 200 OK Content-Length=3", "write abc");
    }

    @Test
    void supplies_no_length_where_write_was_used_or_one_was_given() {
        sink.run((environ, startResponse) -> {
            startResponse.start("200 OK", List.of()).write(bytes("a"));
            return List.of(bytes("bc"));
        });
        sink.run((environ, startResponse) -> {
            startResponse.start("200 OK", List.of(new Header("content-length", "2")));
            return List.of(bytes("bc"));
        });
        assertThat(sink.log)
                .containsExactly("commit 200 OK", "flush a", "write bc", "commit 200 OK content-length=2", "write bc");
    }

    @Test
    void sends_what_is_written_before_the_blocks_and_at_once() {
        sink.run((environ, startResponse) -> {
            StartResponse.Write write = startResponse.start("200 OK", List.of());
            write.write(bytes("1"));
            write.write(new byte[0]);
            write.write(bytes("2"));
            return List.of();
        });
        assertThat(sink.log).containsExactly("commit 200 OK", "flush 1", "flush 2");
    }

    @Test
    void a_null_block_is_a_500_or_breaks_the_connection() {
        String message = "W60, the body: expected blocks of bytes; found null."
                + " Fix: yield an empty array where there is nothing to send";
        Outcome before = sink.run(returning(Collections.singletonList(null)));
        assertThat(before.ending()).isEqualTo(Ending.REPLACED);
        assertThat(before.problem()).hasMessage(message);

        Outcome after = sink.run(returning(Arrays.asList(bytes("a"), null)));
        assertThat(after.ending()).isEqualTo(Ending.BROKEN);
        assertThat(after.problem()).hasMessage(message);
    }

    @Test
    @SuppressWarnings("NullAway") // the mistake under test
    void a_null_that_is_written_is_refused() {
        Outcome outcome = sink.run((environ, startResponse) -> {
            startResponse.start("200 OK", List.of()).write(null);
            return List.of();
        });
        assertThat(outcome.problem()).hasMessageStartingWith("W60, the body: ");
    }

    @Test
    void sends_exactly_what_content_length_promises() {
        Outcome outcome = sink.run(yielding("200 OK", length(4), "ab", "cd"));
        assertThat(outcome).isEqualTo(new Outcome(Ending.COMPLETE, null));
        assertThat(sink.log).containsExactly("commit 200 OK Content-Length=4", "flush ab", "flush cd");
    }

    @Test
    void cuts_the_surplus_stops_the_iteration_and_reports_it() {
        AtomicInteger asked = new AtomicInteger();
        Outcome outcome = sink.run((environ, startResponse) -> {
            startResponse.start("200 OK", length(3));
            return () -> Stream.generate(() -> bytes("ab"))
                    .peek(block -> asked.incrementAndGet())
                    .iterator();
        });
        assertThat(outcome.ending()).isEqualTo(Ending.COMPLETE);
        assertThat(outcome.problem()).isInstanceOf(ApplicationViolation.class).hasMessage(TOO_LONG, 3, 4);
        assertThat(sink.log).containsExactly("commit 200 OK Content-Length=3", "flush ab", "flush a");
        assertThat(asked).hasValue(2);
    }

    @Test
    void a_surplus_throws_from_write() {
        Outcome outcome = sink.run((environ, startResponse) -> {
            StartResponse.Write write = startResponse.start("200 OK", length(3));
            write.write(bytes("abc"));
            assertThatThrownBy(() -> write.write(bytes("de"))).hasMessage(TOO_LONG, 3, 5);
            return List.of(bytes("never"));
        });
        assertThat(outcome.ending()).isEqualTo(Ending.COMPLETE);
        assertThat(outcome.problem()).hasMessage(TOO_LONG, 3, 5);
        assertThat(sink.log).containsExactly("commit 200 OK Content-Length=3", "flush abc");
    }

    @Test
    void a_body_that_falls_short_breaks_the_connection() {
        Outcome outcome = sink.run(yielding("200 OK", length(5), "ab"));
        assertThat(outcome.ending()).isEqualTo(Ending.BROKEN);
        assertThat(outcome.problem()).hasMessage(TOO_SHORT, 3);
    }

    @Test
    void a_list_that_falls_short_is_pushed_so_that_the_break_can_be_seen() {
        Outcome one = sink.run((environ, startResponse) -> {
            startResponse.start("200 OK", length(5));
            return List.of(bytes("ab"));
        });
        assertThat(one.ending()).isEqualTo(Ending.BROKEN);
        assertThat(sink.log).containsExactly("commit 200 OK Content-Length=5", "flush ab");

        sink.log.clear();
        Outcome two = sink.run((environ, startResponse) -> {
            startResponse.start("200 OK", length(5));
            return List.of(bytes(""), bytes("ab"));
        });
        assertThat(two.ending()).isEqualTo(Ending.BROKEN);
        assertThat(sink.log).containsExactly("commit 200 OK Content-Length=5", "flush ab");
    }

    @Test
    void an_empty_body_that_promised_more_can_still_become_a_500() {
        Outcome outcome = sink.run(yielding("200 OK", length(5), ""));
        assertThat(outcome.ending()).isEqualTo(Ending.REPLACED);
        assertThat(outcome.problem()).hasMessage(TOO_SHORT, 5);
    }

    @Test
    void sends_no_byte_where_the_length_is_zero() {
        Outcome outcome = sink.run(yielding("200 OK", length(0), "a"));
        assertThat(outcome.problem()).hasMessage(TOO_LONG, 0, 1);
        assertThat(sink.log).containsExactly("commit 200 OK Content-Length=0");
    }

    @ParameterizedTest
    @CsvSource({
        "HEAD, 200 OK, 7, commit 200 OK Content-Length=7",
        "GET, 304 Not Modified, 7, commit 304 Not Modified Content-Length=7",
        "GET, 204 No Content, 7, commit 204 No Content",
        "GET, 205 Reset, 7, commit 205 Reset Content-Length=0",
        "HEAD, 200 OK, , commit 200 OK",
        "GET, 304 Not Modified, , commit 304 Not Modified",
        "GET, 204 No Content, , commit 204 No Content",
        "GET, 205 Reset, , commit 205 Reset Content-Length=0",
    })
    void sends_no_body_where_it_has_no_place(String method, String status, Long length, String expected) {
        List<Header> headers = length == null ? List.of() : length(length);
        AtomicInteger asked = new AtomicInteger();
        GatewayApplication endless = (environ, startResponse) -> {
            startResponse.start(status, headers);
            return () -> Stream.generate(() -> bytes("x"))
                    .peek(block -> asked.incrementAndGet())
                    .iterator();
        };
        assertThat(sink.run(method, ErrorPage.PRODUCTION, endless)).isEqualTo(new Outcome(Ending.COMPLETE, null));
        assertThat(sink.run(method, ErrorPage.PRODUCTION, yielding(status, headers)))
                .isEqualTo(new Outcome(Ending.COMPLETE, null));
        assertThat(sink.log).containsExactly(expected, expected);
        assertThat(asked).hasValue(1);
    }

    @Test
    void sends_the_length_of_a_single_block_on_head() {
        sink.run("HEAD", ErrorPage.PRODUCTION, returning(List.of(bytes("abc"))));
        assertThat(sink.log).containsExactly("commit 200 OK Content-Length=3");
    }

    private FileWrapper file(String content, int position) throws IOException {
        FileChannel channel = FileChannel.open(Files.writeString(folder.resolve("file"), content, ISO_8859_1));
        return FileWrapper.of(channel.position(position));
    }

    @Test
    void sends_a_file_from_its_position_with_its_length_and_closes_it() throws IOException {
        FileWrapper file = file("0123456789", 4);
        assertThat(sink.run(returning(file))).isEqualTo(new Outcome(Ending.COMPLETE, null));
        assertThat(sink.log).containsExactly("commit 200 OK Content-Length=6", "write 456789");
        assertThatThrownBy(file::remaining).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void sends_an_empty_file() throws IOException {
        sink.run(returning(file("", 0)));
        assertThat(sink.log).containsExactly("commit 200 OK Content-Length=0");
    }

    @Test
    void sends_no_more_of_a_file_than_content_length_says() throws IOException {
        FileWrapper file = file("0123456789", 0);
        Outcome outcome = sink.run((environ, startResponse) -> {
            startResponse.start("206 Partial Content", length(3));
            return file;
        });
        assertThat(outcome).isEqualTo(new Outcome(Ending.COMPLETE, null));
        assertThat(sink.log).containsExactly("commit 206 Partial Content Content-Length=3", "write 012");
    }

    @Test
    void a_file_that_falls_short_breaks_the_connection() throws IOException {
        FileWrapper file = file("0123", 0);
        Outcome outcome = sink.run((environ, startResponse) -> {
            startResponse.start("200 OK", length(6));
            return file;
        });
        assertThat(outcome.ending()).isEqualTo(Ending.BROKEN);
        assertThat(outcome.problem()).hasMessage(TOO_SHORT, 2);
        assertThat(sink.log).containsExactly("commit 200 OK Content-Length=6", "flush 0123"); // so that the break shows
    }

    @Test
    void sends_a_stream_of_unknown_length_as_it_comes() {
        sink.run(returning(new FileWrapper(new ByteArrayInputStream(bytes("abc")), 2)));
        assertThat(sink.log).containsExactly("commit 200 OK", "flush abc");
    }

    @Test
    void sends_no_file_on_head_and_304() throws IOException {
        sink.run("HEAD", ErrorPage.PRODUCTION, returning(file("0123", 0)));
        FileWrapper file = file("0123", 0);
        sink.run((environ, startResponse) -> {
            startResponse.start("304 Not Modified", List.of());
            return file;
        });
        assertThat(sink.log).containsExactly("commit 200 OK Content-Length=4", "commit 304 Not Modified");
    }
}
