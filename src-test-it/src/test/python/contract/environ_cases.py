"""W10-W22: the request as strings."""

from __future__ import annotations

from typing import Iterable

from contract.run import Run
from contract.twins import WARNS_OF_METHOD, Environ, StartResponse, Twins, text

TWINS = Twins()

TWINS.dumped("passes_on_an_unknown_method", unvalidated=WARNS_OF_METHOD)
TWINS.dumped(
    "the_query_is_not_decoded",
    "an_absent_query_is_the_empty_string",
    "an_empty_query_is_the_empty_string",
    "content_type_and_length_have_keys_of_their_own",
    "content_type_and_length_are_absent_if_not_sent",
    "a_length_may_exceed_32_bits",
    "server_name_port_and_protocol_are_present",
    "a_client_of_1_0_may_leave_the_host_away",
    "a_header_gets_a_key_in_upper_case",
    "repeated_headers_are_joined_by_a_comma",
    "repeated_cookies_are_joined_by_a_semicolon",
    "an_empty_header_is_an_empty_string",
    "header_bytes_beyond_ascii_are_native_text",
    "a_header_with_an_underscore_is_dropped",
    "the_proxy_header_is_dropped",
    "the_client_is_known_by_address_and_port",
    "an_unchecked_password_makes_no_user",
    "nothing_speaks_of_tls_without_tls",
    "tls_is_told_with_its_cipher_and_session",
    "the_version_of_tls_is_told",
    "a_clients_certificate_is_told",
    "a_users_name_is_utf_8_and_the_scheme_is_spelled_as_in_cgi",
    "the_target_is_told_as_it_was_sent",
    "the_target_tells_an_escaped_slash_from_a_slash",
)


@TWINS.of("every_cgi_variable_is_a_string")
def strings(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    for key, value in environ.items():
        if "." not in key and type(value) is not str:
            run.note("no string", key)
    return text(start, "")
