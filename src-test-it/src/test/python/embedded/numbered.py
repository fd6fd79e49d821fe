"""Answers with the number that the request carries, in the forms that Numbered.java lists."""


def application(environ, start_response):
    number = environ["QUERY_STRING"] or environ["PATH_INFO"].rpartition("/")[2]
    text = f"{environ['REQUEST_METHOD']} {number} ".encode() + environ["wsgi.input"].read()
    head = [("X-Number", number)]
    if int(number) % 7 == 0:
        start_response("204 No Content", head)
        return []
    head.append(("Content-Type", "text/plain"))
    if int(number) % 11 == 0:
        start_response("200 OK", head)
        return [text[:2], text[2:]]
    start_response("200 OK", [*head, ("Content-Length", str(len(text)))])
    return [text]
