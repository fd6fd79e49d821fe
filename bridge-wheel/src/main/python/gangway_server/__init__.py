"""The command ``gangway`` as a Python package: finds a Java, and starts the jar that the package carries.

The package's Python code does no more than that. ``gangway run`` is in the jar, and so is the code of its workers.
"""
