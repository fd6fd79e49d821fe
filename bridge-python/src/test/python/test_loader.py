"""How an application is named, found, and distinguished from ASGI; and the messages if it is not found."""

from __future__ import annotations

import functools
import os
import sys
import tempfile
import types
import unittest
from typing import Any

from gangway_worker import loader
from gangway_worker.configuration import Configuration
from gangway_worker.loader import LoadError


class FindTest(unittest.TestCase):
    def module(self, **names: Any) -> types.ModuleType:
        module = types.ModuleType("shop")
        vars(module).update(names)
        return module

    def test_finds_what_is_named(self) -> None:
        holder = types.SimpleNamespace(site=types.SimpleNamespace(application=print))
        self.assertIs(loader.find(self.module(app=len, other=print), "shop:other"), print)
        self.assertIs(loader.find(self.module(holder=holder), "shop:holder.site.application"), print)

    def test_says_which_usual_name_the_module_has(self) -> None:
        with self.assertRaises(LoadError) as refused:
            loader.find(self.module(application=print), "shop:app")
        self.assertEqual(str(refused.exception), 'module shop has no "app"; it has: application')

    def test_finds_application_before_app(self) -> None:
        self.assertIs(loader.find(self.module(app=len, application=print), "shop"), print)
        self.assertIs(loader.find(self.module(app=len), "shop"), len)

    def test_says_what_is_missing_and_what_is_near(self) -> None:
        cases = (
            ("shop:creat", 'module shop has no "creat"; the nearest: create'),
            ("shop:zzz", 'module shop has no "zzz"'),
            ("shop:create.zzz", 'builtin_function_or_method in shop:create.zzz has no "zzz"'),
            ("shop", "module shop has neither `application` nor `app`; name the callable after a colon"),
            ("shop:number", "shop:number is not an application: an object of type int cannot be called"),
        )
        for specification, message in cases:
            with self.assertRaises(LoadError) as refused:
                loader.find(self.module(create=len, number=3), specification)
            self.assertEqual(str(refused.exception), message)


class ImportTest(unittest.TestCase):
    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        sys.path.insert(0, self.directory)
        self.addCleanup(sys.path.remove, self.directory)

    def write(self, path: str, source: str = "") -> None:
        path = os.path.join(self.directory, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(source)

    def test_imports_a_submodule(self) -> None:
        self.write("gwpkg/__init__.py")
        self.write("gwpkg/wsgi.py", "application = 3\n")
        self.assertEqual(loader.import_module("gwpkg.wsgi:application").application, 3)

    def test_says_which_module_is_missing_and_what_is_near(self) -> None:
        self.write("gwshop/__init__.py")
        self.write("gwshop/wsgi.py")
        cases = (
            ("gwshp.wsgi:app", 'there is no module "gwshp" (of gwshp.wsgi) on sys.path; the nearest: gwshop'),
            ("gwshop.wsgy", 'there is no module "gwshop.wsgy" on sys.path; the nearest: gwshop.wsgi'),
            ("not a module", '"not a module" does not name a module; expected a name such as shop.wsgi:application'),
            (":app", '":app" does not name a module; expected a name such as shop.wsgi:application'),
        )
        for specification, message in cases:
            with self.assertRaises(LoadError) as refused:
                loader.import_module(specification)
            self.assertEqual(str(refused.exception), message)

    def test_a_module_that_the_application_lacks_is_the_applications_error(self) -> None:
        self.write("gwlacking.py", "import gwabsent\n")
        with self.assertRaisesRegex(ModuleNotFoundError, "gwabsent"):
            loader.import_module("gwlacking")


class InterfaceTest(unittest.TestCase):
    def test_tells_wsgi_from_asgi(self) -> None:
        async def coroutine(scope: Any, receive: Any, send: Any) -> None: ...

        def function(environ: Any, start: Any) -> None: ...

        def three(scope: Any, receive: Any, send: Any) -> None: ...

        class AsgiObject:
            async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...

        class WsgiObject:
            def __call__(self, environ: Any, start: Any) -> None: ...

            async def method(self, scope: Any, receive: Any, send: Any) -> None: ...

        class WsgiClass:
            def __init__(self, environ: Any, start: Any) -> None: ...

        class AsgiClass:
            def __init__(self, scope: Any, receive: Any, send: Any) -> None: ...

            def __await__(self) -> Any: ...

        asgi = (coroutine, AsgiObject(), AsgiClass, WsgiObject().method, three, functools.partial(AsgiObject()))
        wsgi = (function, WsgiObject(), WsgiClass, functools.partial(function), print, lambda *args: None)
        self.assertEqual([loader.interface_of(application) for application in asgi], ["asgi"] * len(asgi))
        self.assertEqual([loader.interface_of(application) for application in wsgi], ["wsgi"] * len(wsgi))


class ConfigurationTest(unittest.TestCase):
    def test_reads_what_is_given_and_knows_the_rest(self) -> None:
        configuration = Configuration.parse('{"socket": "/s", "token": "t", "application": "a", "python_path": ["/x"]}')
        self.assertEqual((configuration.python_path, configuration.threads, configuration.chdir), (("/x",), 1, None))

    def test_says_what_is_wrong(self) -> None:
        cases = (
            ("[]", "the configuration is not a JSON object"),
            ('{"socket": "/s", "token": "t"}', "the configuration lacks application"),
            ('{"a": 1, "b": 1}', "unknown configuration: a, b"),
            ('{"socket": "/s", "token": "t", "application": "a", "threads": "2"}', "configuration threads is a str"),
            ('{"socket": "/s", "token": "t", "application": "a", "threads": 0}', "configuration threads is 0; at least 1"),
            ('{"socket": "/s", "token": "t", "application": "a", "interface": "cgi"}', "configuration interface is neither"),
            ("", "Expecting value"),
        )
        for line, message in cases:
            with self.assertRaises(ValueError) as refused:
                Configuration.parse(line)
            self.assertEqual(str(refused.exception)[: len(message)], message)


if __name__ == "__main__":
    unittest.main()
