"""How an application is named, found, and distinguished from ASGI; and the messages if it is not found."""

from __future__ import annotations

import functools
import gc
import json
import os
import sys
import tempfile
import types
import unittest
from typing import Any

from gangway_worker import boot, interface, loader, logs, naming
from gangway_worker.configuration import Configuration
from gangway_worker.naming import Call, LoadError, Name


class NameTest(unittest.TestCase):
    def test_reads_each_way_to_name_an_application(self) -> None:
        cases = (
            ("shop", Name("shop")),
            ("shop.wsgi:application", Name("shop.wsgi", attributes=("application",))),
            ("shop:site.app", Name("shop", attributes=("site", "app"))),
            ("shop:create_app()", Name("shop", attributes=("create_app",), call=Call())),
            ("shop:make.app('a:b', -1, [2.5], debug=True)", Name("shop", "", ("make", "app"), Call(("a:b", -1, [2.5]), {"debug": True}))),
            ("shop: create_app( {'a': None} ) ", Name("shop", "", ("create_app",), Call(({"a": None},)))),
            ("deploy/shop.wsgi", Name(file="deploy/shop.wsgi")),
            ("/srv/shop.py:app", Name(file="/srv/shop.py", attributes=("app",))),
            ("shop.py", Name(file="shop.py")),
            ("./my-shop.wsgi:create_app()", Name("", "./my-shop.wsgi", ("create_app",), Call())),
            ("käse:öl", Name("käse", attributes=("öl",))),
        )
        for written, name in cases:
            self.assertEqual(naming.parse(written), name, written)

    def test_says_what_to_write_instead_of_anything_else(self) -> None:
        brackets = "(" * 100_000
        fix = "write a callable's name, such as application, or a call such as create_app('production', debug=False)"
        cases = (
            ("my-shop", '"my-shop" does not name a module', f"write {naming.EXAMPLES}"),
            (":app", '":app" does not name a module', f"write {naming.EXAMPLES}"),
            ("", '"" does not name a module', f"write {naming.EXAMPLES}"),
            ("shop:", '"shop:" has nothing after its colon', "write shop, or shop:NAME with the callable's name"),
            *(
                (f"shop:{text}", f'"{text}" is neither a name nor the call of a factory with literal arguments', fix)
                for text in ("f(x)", "f(*[1])", "f(**{})", "f()()", "f().app", "1", "a b", "f(open('x'))", "lambda: 0", "f(f'{1}')", "a;b")
            ),
        )
        for written, message, remedy in cases:
            with self.assertRaises(LoadError) as refused:
                naming.parse(written)
            self.assertEqual((str(refused.exception), refused.exception.fix), (message, remedy))
        with self.assertRaises(LoadError):
            naming.parse(f"shop:{brackets}")


class GarbageTest(unittest.TestCase):
    def test_is_collected_less_often_unless_somebody_has_decided(self) -> None:
        self.addCleanup(gc.set_threshold, *gc.get_threshold())
        cases = (((700, 10, 10), (10_000, 10, 10)), ((2_000, 5, 5), (10_000, 5, 5)), ((50_000, 10, 10),) * 2, ((0, 10, 10),) * 2)
        for before, after in cases:
            gc.set_threshold(*before)
            boot.collect_less_often()
            self.assertEqual(gc.get_threshold(), after)


class FindTest(unittest.TestCase):
    def module(self, **names: Any) -> types.ModuleType:
        module = types.ModuleType("shop")
        vars(module).update(names)
        return module

    def find(self, written: str, is_factory: bool = False, **names: Any) -> Any:
        return loader.find(self.module(**names), naming.parse(written), is_factory)

    def test_finds_what_is_named(self) -> None:
        holder = types.SimpleNamespace(site=types.SimpleNamespace(application=print))
        self.assertEqual(self.find("shop:other", app=len, other=print), (print, "shop:other", None))
        self.assertEqual(self.find("shop:holder.site.application", holder=holder)[0], print)
        self.assertEqual(self.find("shop:make(1)", make=len), (len, "shop:make", Call((1,))))

    def test_says_which_usual_name_the_module_has(self) -> None:
        with self.assertRaises(LoadError) as refused:
            self.find("shop:app", application=print)
        self.assertEqual(str(refused.exception), 'module shop has no "app"; it has: application')

    def test_finds_application_before_app_before_a_factory(self) -> None:
        self.assertEqual(self.find("shop", app=len, application=print, create_app=repr), (print, "shop:application", None))
        self.assertEqual(self.find("shop", app=len, create_app=repr), (len, "shop:app", None))
        self.assertEqual(self.find("shop", create_app=repr, make_app=len), (repr, "shop:create_app", Call()))
        self.assertEqual(self.find("shop", make_app=len), (len, "shop:make_app", Call()))

    def test_a_setting_makes_a_factory_of_what_is_named(self) -> None:
        self.assertEqual(self.find("shop:build", True, build=len), (len, "shop:build", Call()))
        self.assertEqual(self.find("shop", True, app=len, create_app=repr), (repr, "shop:create_app", Call()))
        with self.assertRaisesRegex(LoadError, "^shop:build is called already, by its brackets, and gangway.factory asks for one call more$"):
            self.find("shop:build()", True, build=len)

    def test_says_what_is_missing_and_what_is_near(self) -> None:
        cases = (
            ("shop:creat", 'module shop has no "creat"; the nearest: create'),
            ("shop:zzz", 'module shop has no "zzz"'),
            ("shop:create.zzz", 'builtin_function_or_method in shop:create.zzz has no "zzz"'),
            ("shop", "module shop has none of the usual names application, app, create_app, make_app"),
            ("./shop.wsgi:creat()", 'file "./shop.wsgi" has no "creat"; the nearest: create'),
        )
        for written, message in cases:
            with self.assertRaises(LoadError) as refused:
                self.find(written, create=len)
            self.assertEqual(str(refused.exception), message)


class FactoryTest(unittest.TestCase):
    def test_calls_it_with_its_arguments(self) -> None:
        self.assertEqual(loader.call_factory(dict, "shop:f", Call(([("a", 1)],), {"b": 2})), {"a": 1, "b": 2})

    def test_passes_on_what_it_raises(self) -> None:
        def create_app() -> None:
            raise TypeError("of its own")

        with self.assertRaisesRegex(TypeError, "^of its own$"):
            loader.call_factory(create_app, "shop:create_app", Call())

    def test_says_what_does_not_fit(self) -> None:
        def create_app(config: str, debug: bool = False) -> Any: ...

        def app(environ: Any, start_response: Any) -> Any: ...

        async def later() -> Any: ...

        def forgets() -> None: ...

        cases = (
            (
                create_app,
                Call(),
                "shop:x cannot be called with these arguments: missing a required argument: 'config'; it is "
                "x(config: 'str', debug: 'bool' = False) -> 'Any'",
                "write 'shop:x(…)' with literals in the brackets, such as 'production', 5 or debug=True",
            ),
            (
                app,
                Call(),
                "shop:x cannot be called with these arguments: missing a required argument: 'environ'; it is "
                "x(environ: 'Any', start_response: 'Any') -> 'Any'",
                "write shop:x, because it is an application and no factory",
            ),
            (later, Call(), "the factory shop:x is an async function", "write a factory that is no async function"),
            (forgets, Call(), "the factory shop:x returned None", "let it end with `return app`"),
            (3, Call(), "shop:x is no factory: an object of type int cannot be called", "name a function, or write shop:x"),
        )
        for factory, call, message, fix in cases:
            with self.assertRaises(LoadError) as refused:
                loader.call_factory(factory, "shop:x", call)
            self.assertEqual((str(refused.exception), refused.exception.fix), (message, fix))


class ImportTest(unittest.TestCase):
    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = os.path.realpath(directory.name)
        path, modules = list(sys.path), set(sys.modules)
        sys.path.insert(0, self.directory)
        here = os.getcwd()
        os.chdir(self.directory)

        def restore() -> None:
            os.chdir(here)
            sys.path[:] = path
            for name in set(sys.modules) - modules:
                del sys.modules[name]

        self.addCleanup(restore)

    def write(self, path: str, source: str = "") -> None:
        path = os.path.join(self.directory, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(source)

    def load(self, written: str) -> Any:
        return loader.import_place(naming.parse(written), ["/srv"])

    def test_imports_a_submodule(self) -> None:
        self.write("gwpkg/__init__.py")
        self.write("gwpkg/wsgi.py", "application = 3\n")
        self.assertEqual(self.load("gwpkg.wsgi:application").application, 3)

    def test_imports_a_file_of_any_name_and_what_is_beside_it(self) -> None:
        self.write("deploy/gw-shop.wsgi", "import gwbeside\napplication = gwbeside.value, __file__\n")
        self.write("deploy/gwbeside.py", "value = 4\n")
        self.assertEqual(self.load("deploy/gw-shop.wsgi").application, (4, f"{self.directory}/deploy/gw-shop.wsgi"))
        written = [name for _, _, names in os.walk("deploy") for name in names]
        self.assertEqual([name for name in written if "shop" in name], ["gw-shop.wsgi"])

    def test_a_python_file_is_the_module_that_others_import(self) -> None:
        self.write("src/gwwhole/__init__.py")
        self.write("src/gwwhole/other.py", "value = 5\n")
        self.write("src/gwwhole/wsgi.py", "from .other import value\nimport gwwhole.wsgi\n")
        module = self.load("src/gwwhole/wsgi.py:application")
        self.assertEqual((module.__name__, module.value, module.gwwhole.wsgi), ("gwwhole.wsgi", 5, module))
        self.assertEqual(self.load("src/gwwhole/__init__.py").__name__, "gwwhole")

    def test_a_python_file_that_would_be_another_module_is_refused(self) -> None:
        self.write("json.py")
        with self.assertRaises(LoadError) as refused:
            self.load("json.py")
        self.assertEqual(
            str(refused.exception),
            f'the file "{self.directory}/json.py" would be module json, which is imported already, from "{json.__file__}"',
        )

    def test_says_which_file_is_missing_and_what_is_near(self) -> None:
        self.write("gwdeploy/gwshop.wsgi")
        cases = (
            ("gwdeploy/gwshp.wsgi", f'there is no file "{self.directory}/gwdeploy/gwshp.wsgi"; the nearest: gwshop.wsgi'),
            ("gwnowhere/shop.wsgi", f'there is no file "{self.directory}/gwnowhere/shop.wsgi"'),
            ("gwdeploy/", '"gwdeploy/" is a directory'),
        )
        for written, message in cases:
            with self.assertRaises(LoadError) as refused:
                self.load(written)
            self.assertEqual(str(refused.exception), message)

    def test_says_which_module_is_missing_and_what_is_near(self) -> None:
        self.write("gwshop/__init__.py")
        self.write("gwshop/wsgi.py")
        self.write("gwzqxj.wsgi")
        where = (
            'put the directory that holds the module into gangway.python-path (now "/srv"), or the virtual environment that it is installed in '
            "into gangway.venv; a WAR carries what gangway war was told with --include and --requirements"
        )
        cases = (
            (
                "gwshp.wsgi:app",
                'there is no module "gwshp" (of gwshp.wsgi) on sys.path; the nearest: gwshop',
                f"correct the module's name, or {where}",
            ),
            (
                "gwshop.wsgy",
                'there is no module "gwshop.wsgy" on sys.path; the nearest: gwshop.wsgi',
                f"correct the module's name, or {where}",
            ),
            (
                "gwzqxj.wsgi",
                'there is no module "gwzqxj" (of gwzqxj.wsgi) on sys.path',
                f"write ./gwzqxj.wsgi for the file of that name, or {where}",
            ),
            (
                "gwzqcom.acme.Hello",
                'there is no module "gwzqcom" (of gwzqcom.acme.Hello) on sys.path',
                f"write class:gwzqcom.acme.Hello if that is a Java class, or {where}",
            ),
        )
        for written, message, fix in cases:
            with self.assertRaises(LoadError) as refused:
                self.load(written)
            self.assertEqual((str(refused.exception), refused.exception.fix), (message, fix))

    def test_a_module_that_the_application_lacks_is_the_applications_error(self) -> None:
        self.write("gwlacking.py", "import gwabsent\n")
        for written in ("gwlacking", "gwlacking.py", "./gwlacking.py"):
            with self.assertRaisesRegex(ModuleNotFoundError, "gwabsent"):
                self.load(written)

    def test_a_traceback_of_a_file_begins_in_the_file(self) -> None:
        self.write("gwbroken.wsgi", "raise ValueError('not today')\n")
        text = ""
        try:
            loader.import_place(naming.parse("./gwbroken.wsgi"), [])
        except ValueError as problem:
            own = problem.__traceback__
            text = logs.format_problem(problem.with_traceback(own and own.tb_next))[1]
        self.assertEqual(text.splitlines()[1], f'  File "{self.directory}/gwbroken.wsgi", line 1, in <module>')


class CheckTest(unittest.TestCase):
    def test_refuses_what_cannot_be_called_as_wsgi_with_the_probable_mistake(self) -> None:
        def create_app() -> Any: ...

        def configured(config: Any = None, debug: bool = False) -> Any: ...

        def main(settings: Any) -> Any: ...

        class Shop:
            pass

        class Documented:
            def __init__(self, *, debug: Any = "what it means " * 20, routes: Any = None, title: Any = None) -> None: ...

        class Old:
            def __init__(self, scope: Any) -> None: ...

            async def __call__(self, receive: Any, send: Any) -> None: ...

        two = "and a WSGI application takes two, environ and start_response"
        call, make = "write 'shop:x()' if it is a factory, or set gangway.factory", "let shop:x return a WSGI application"
        something = "let shop:x return an application"
        cases: Any = (
            (create_app, False, f"shop:x takes no arguments, {two}", call),
            (
                configured,
                False,
                f"shop:x takes the arguments (config: 'Any' = None, debug: 'bool' = False), {two}",
                f"{call}; if it is a WSGI application, set gangway.interface=wsgi",
            ),
            (
                main,
                False,
                f"shop:x takes the arguments (settings: 'Any'), {two}",
                "write 'shop:x(…)' with literal arguments if it is a factory, or name a WSGI application",
            ),
            (Shop, False, f"shop:x takes no arguments, {two}", "write 'shop:x()' if it is a class"),
            (Documented, False, f"shop:x takes the arguments (debug, routes, title, …), {two}", "write 'shop:x()' if it is a class"),
            (create_app, True, f"the object that shop:x returned takes no arguments, {two}", make),
            (
                Old,
                False,
                "shop:x is an application of ASGI 2, which takes the scope alone, and workers serve ASGI 3",
                "wrap it: asgiref.compatibility.guarantee_single_callable(application)",
            ),
            (3, True, "the object that shop:x returned is not an application: an object of type int cannot be called", something),
            (
                3,
                False,
                "shop:x is not an application: an object of type int cannot be called",
                "name a callable of the module after the colon, as in shop.wsgi:application",
            ),
        )
        for application, was_made, message, fix in cases:
            with self.assertRaises(LoadError) as refused:
                interface.check(application, "shop:x", "auto", was_made)
            self.assertEqual((str(refused.exception), refused.exception.fix), (message, fix))

    def test_the_setting_decides(self) -> None:
        async def asgi(scope: Any, receive: Any, send: Any) -> None: ...

        def wsgi(environ: Any, start_response: Any) -> None: ...

        self.assertEqual(interface.check(asgi, "shop:x", "auto"), (asgi, "asgi"))
        self.assertEqual(interface.check(wsgi, "shop:x", "wsgi"), (wsgi, "wsgi"))
        self.assertEqual(interface.check(print, "shop:x", "asgi"), (print, "asgi"))
        with self.assertRaisesRegex(LoadError, "^shop:x takes the arguments .* and an ASGI application takes three, scope, receive and send$"):
            interface.check(wsgi, "shop:x", "asgi")
        with self.assertRaisesRegex(LoadError, r"^shop:x takes the arguments \(scope.*, receive.*, send.*\), and a WSGI application takes two") as caught:
            interface.check(asgi, "shop:x", "wsgi")
        self.assertIn("leave gangway.interface out", caught.exception.fix)

    def test_an_adapter_is_taken_by_its_own_arguments(self) -> None:
        async def asgi(scope: Any, receive: Any, send: Any) -> None: ...

        @functools.wraps(asgi)
        def adapted(environ: Any, start_response: Any) -> None: ...

        self.assertEqual(interface.check(adapted, "shop:x", "wsgi"), (adapted, "wsgi"))

    def test_a_factory_is_no_wsgi_application_even_if_it_is_set_to_be_one(self) -> None:
        def create_app() -> Any: ...

        with self.assertRaisesRegex(LoadError, "^shop:x takes no arguments, and a WSGI application takes two"):
            interface.check(create_app, "shop:x", "wsgi")

    def test_an_async_factory_is_no_asgi_application(self) -> None:
        async def create_app() -> Any: ...

        with self.assertRaisesRegex(LoadError, "^shop:x takes no arguments"):
            interface.check(create_app, "shop:x", "auto")


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
        self.assertEqual([interface.interface_of(application) for application in asgi], ["asgi"] * len(asgi))
        self.assertEqual([interface.interface_of(application) for application in wsgi], ["wsgi"] * len(wsgi))


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
