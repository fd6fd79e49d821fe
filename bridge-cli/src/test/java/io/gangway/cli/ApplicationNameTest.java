package io.gangway.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApplicationNameTest {
    private static final Set<String> LOADERS = Set.of("class", "python");

    @ParameterizedTest
    @CsvSource({
        "shop.wsgi:application, python:shop.wsgi:application",
        "shop.wsgi, python:shop.wsgi",
        "shop, python:shop",
        "shop:sites.main, python:shop:sites.main",
        "python:shop.wsgi:application, python:shop.wsgi:application",
        "class:com.acme.Hello, class:com.acme.Hello",
        "käse:öl, python:käse:öl"
    })
    void is_pythons_unless_it_names_a_loader(String written, String setting) {
        assertThat(ApplicationName.toSetting(written, LOADERS)).isEqualTo(setting);
    }

    @ParameterizedTest
    @CsvSource({
        "shop/wsgi.py, write shop.wsgi",
        "./shop/wsgi.py:app, write shop.wsgi:app",
        "wsgi.py, write wsgi",
        "shop:, write shop",
        "my-shop, write the module as Python imports it",
        "class:, write the application's name after the colon",
        "shop:app(), write the module as Python imports it"
    })
    void says_what_to_write_instead_of_anything_else(String written, String fix) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ApplicationName.toSetting(written, LOADERS))
                .withMessage("expected an application such as shop.wsgi:application (module, colon, callable)"
                        + " or class:com.acme.Hello; found \"" + written + "\". Fix: " + fix);
    }
}
