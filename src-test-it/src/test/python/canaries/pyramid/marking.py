"""A filter of PasteDeploy: WSGI middleware that a file names."""

import logging


def make(global_config):
    logging.getLogger("marking").info("made for %s", global_config["__file__"])

    def marked(application):
        def answer(environ, start_response):
            def marking(status, headers, exc_info=None):
                return start_response(status, [*headers, ("X-Marked", "yes")], exc_info)

            return application(environ, marking)

        return answer

    return marked
