"""W11, W12 and W70: the path, split and decoded, under every mapping."""

from __future__ import annotations

from typing import Iterable
from wsgiref.util import request_uri

from contract.run import Run
from contract.twins import Environ, StartResponse, Twins, text

TWINS = Twins()

TWINS.dumped(
    "the_path_is_split_at_the_mount_point",
    "the_path_is_decoded_to_bytes",
    "spaces_and_plus_signs_are_told_apart",
    "path_parameters_stay",
    "a_slash_at_the_end_stays",
    "the_session_id_is_removed_from_the_path",
    "an_escaped_slash_is_decoded",
    "an_escaped_backslash_is_decoded",
    "an_escaped_percent_is_decoded_once",
    "an_escape_that_is_not_utf_8_is_a_byte",
    "double_slashes_stay",
    "dots_are_resolved",
    "escaped_dots_are_resolved",
    "splits__a_b_mapped_default",
    "splits__a_b_mapped_star",
    "splits___mapped_star",
    "splits__app_x%20y_z_mapped_prefix",
    "splits__app_mapped_prefix",
    "splits__app__mapped_prefix",
    "splits__%61pp_x_mapped_prefix",
    "splits__app_p_1_x_q_2_mapped_prefix",
    "splits__other_.._app_x_mapped_prefix",
    "splits__dir_page.do_mapped_extension",
    "splits__exact_mapped_exact",
    "splits__ex%61ct_v_1_mapped_exact",
    "splits___mapped_root",
    "splits__go_mapped_forward",
    "splits__go_mapped_async",
)


@TWINS.of("the_url_can_be_reconstructed", "the_url_can_be_reconstructed_with_parameters")
def url(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    return text(start, request_uri(environ))
