package io.gangway.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestPathTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            emptyValue = "",
            value = {
                // uri                          | mount    | script name | path info
                "/                              | ''       | ''          | /",
                "''                             | ''       | ''          | /",
                "/a/b                           | ''       | ''          | /a/b",
                "/ctx                           | /ctx     | /ctx        | ''",
                "/ctx/                          | /ctx     | /ctx        | /",
                "/ctx/app/a                     | /ctx/app | /ctx/app    | /a",
                "/ctx/app                       | /ctx/app | /ctx/app    | ''",
                // containers match decoded paths without parameters, so the mount is one too
                "/%63tx/app/a                   | /ctx/app | /ctx/app    | /a",
                "/ctx;p=1/a                     | /ctx     | /ctx        | /a",
                "/ctx/%61pp/a                   | /ctx/app | /ctx/app    | /a",
                "//ctx/a                        | /ctx     | /ctx        | /a",
                "/x/../ctx/a                    | /ctx     | /ctx        | /a",
                // the path after the mount is bytes as chars
                "/ctx/caf%C3%A9                 | /ctx     | /ctx        | /caf\u00c3\u00a9",
                "/ctx/caf\u00e9                 | /ctx     | /ctx        | /caf\u00c3\u00a9",
                "/%FF                           | ''       | ''          | /\u00ff",
                "/a%2Fb%5Cc%25d                 | ''       | ''          | /a/b\\c%d",
                "/a%zz%4                        | ''       | ''          | /a%zz%4",
                "/a//b/                         | ''       | ''          | /a//b/",
                "//a                            | ''       | ''          | //a",
                // path parameters stay, except the session's
                "/a;v=1/b;w=2                   | ''       | ''          | /a;v=1/b;w=2",
                "/a;jsessionid=1;v=1/b          | ''       | ''          | /a;v=1/b",
                "/a;v=1;jsessionid=1            | ''       | ''          | /a;v=1",
                // dots are resolved as the container resolved them
                "/a/./b                         | ''       | ''          | /a/b",
                "/a/../b                        | ''       | ''          | /b",
                "/a/%2e%2E/b                    | ''       | ''          | /b",
                "/a/..;x=1/b                    | ''       | ''          | /b",
                "/a/b/..                        | ''       | ''          | /a/",
                "/a/.                           | ''       | ''          | /a/",
                "/../a                          | ''       | ''          | /a",
                "/.well-known/x..y              | ''       | ''          | /.well-known/x..y",
                // a mount beyond ASCII is bytes as chars, too
                "/%C3%A9/a                      | /\u00e9  | /\u00c3\u00a9 | /a",
                // a path that is not below the mount is given whole
                "/other/a%20b                   | /ctx     | ''          | '/other/a b'",
                "/ctxx                          | /ctx     | ''          | /ctxx",
            })
    void splits_the_path_where_the_application_is_mounted(
            String uri, String mount, String scriptName, String pathInfo) {
        RequestPath path = RequestPath.split(uri, mount, "jsessionid");

        assertThat(path).isEqualTo(new RequestPath(scriptName, pathInfo));
    }
}
