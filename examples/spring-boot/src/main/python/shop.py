def app(environ, start_response):
    body = environ["wsgi.input"].read(65536).decode()
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
    return [f"from Python: {environ['SCRIPT_NAME']} {environ['PATH_INFO']} {body}".strip().encode()]
