"""The Python end of Gangway: a launcher that forks workers, and workers that serve an application.

Standard library only, CPython 3.9 and later. ``docs/worker-protocol.md`` specifies how it talks to the bridge in the JVM;
``docs/wsgi.md`` has the rules that comments and messages cite by number (for example W51).
"""
