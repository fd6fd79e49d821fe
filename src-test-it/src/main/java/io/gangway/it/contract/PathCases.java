package io.gangway.it.contract;

import static io.gangway.it.contract.Request.get;
import static io.gangway.it.contract.Trait.DOUBLE_SLASH;
import static io.gangway.it.contract.Trait.ESCAPED_BACKSLASH;
import static io.gangway.it.contract.Trait.ESCAPED_DOTS;
import static io.gangway.it.contract.Trait.ESCAPED_NON_UTF8;
import static io.gangway.it.contract.Trait.ESCAPED_PERCENT;
import static io.gangway.it.contract.Trait.ESCAPED_SLASH;
import static io.gangway.it.contract.Trait.SESSIONS;
import static io.gangway.it.contract.Trait.SOCKET;

import java.util.List;

/** W11, W12 and W70: the path, split and decoded, under every mapping. */
final class PathCases {
    private PathCases() {}

    static List<Case> all() {
        return List.of(
                path("the_path_is_split_at_the_mount_point", "/a/b", "/a/b"),
                path("the_path_is_decoded_to_bytes", "/caf%C3%A9", "/caf\u00c3\u00a9"),
                path("spaces_and_plus_signs_are_told_apart", "/a%20b+c%2Bd", "/a b+c+d"),
                path("path_parameters_stay", "/a;v=1/b;w", "/a;v=1/b;w"),
                path("a_slash_at_the_end_stays", "/a/", "/a/"),
                path("the_session_id_is_removed_from_the_path", "/a;jsessionid=0123;v=1/b", "/a;v=1/b")
                        .without(
                                SESSIONS,
                                talk -> talk.ask(get("/a;jsessionid=0123;v=1/b"))
                                        .status(200)
                                        .environ("PATH_INFO", "/a;jsessionid=0123;v=1/b")),
                path("an_escaped_slash_is_decoded", "/a%2Fb", "/a/b").needs(ESCAPED_SLASH),
                path("an_escaped_backslash_is_decoded", "/a%5Cb", "/a\\b").needs(ESCAPED_BACKSLASH),
                path("an_escaped_percent_is_decoded_once", "/a%2541", "/a%41").needs(ESCAPED_PERCENT),
                path("an_escape_that_is_not_utf_8_is_a_byte", "/a%FFb", "/a\u00ffb")
                        .needs(ESCAPED_NON_UTF8),
                path("double_slashes_stay", "/a//b", "/a//b").needs(DOUBLE_SLASH),
                path("dots_are_resolved", "/a/./b/../c", "/a/c").needs(SOCKET),
                path("escaped_dots_are_resolved", "/a/b/%2e%2e/c", "/a/c").needs(SOCKET, ESCAPED_DOTS),
                url("the_url_can_be_reconstructed", "/a%20b/caf%C3%A9?x=%20&y"),
                url("the_url_can_be_reconstructed_with_parameters", "/a;v=1/b?x"),
                mapped("default", "/a/b", "", "/a/b"),
                mapped("star", "/a/b", "", "/a/b"),
                mapped("star", "/", "", "/"),
                mapped("prefix", "/app/x%20y/z", "/app", "/x y/z"),
                mapped("prefix", "/app", "/app", ""),
                mapped("prefix", "/app/", "/app", "/"),
                mapped("prefix", "/%61pp/x", "/app", "/x"),
                mapped("prefix", "/app;p=1/x;q=2", "/app", "/x;q=2"),
                mapped("prefix", "/other/../app/x", "/app", "/x"),
                mapped("extension", "/dir/page.do", "", "/dir/page.do"),
                mapped("exact", "/exact", "/exact", ""),
                mapped("exact", "/ex%61ct;v=1", "/exact", ""),
                mapped("root", "/", "", "/"),
                mapped("forward", "/go", "/app", "/over there"),
                mapped("async", "/go", "/app", "/later on"));
    }

    private static Case path(String name, String target, String pathInfo) {
        return Case.of(name, "W11", "W12")
                .request(get(target))
                .talk(talk -> talk.ask(get(target))
                        .status(200)
                        .environ("SCRIPT_NAME", talk.fill("{base}"))
                        .environ("PATH_INFO", pathInfo));
    }

    private static Case url(String name, String target) {
        return Case.of(name, "W70")
                .application((environ, start, run) -> Apps.text(start, environ.url()))
                .talk(talk -> talk.ask(get(target)).body(talk.fill("http://{host}{base}" + target)));
    }

    private static Case mapped(String mount, String target, String scriptName, String pathInfo) {
        String name = "splits_" + target.replaceAll("[^A-Za-z0-9.%]+", "_") + "_mapped_" + mount;
        return Case.of(name, "W11")
                .mount(mount)
                .talk(talk -> talk.ask(get(target))
                        .status(200)
                        .environ("SCRIPT_NAME", talk.fill("{base}" + scriptName))
                        .environ("PATH_INFO", pathInfo));
    }
}
