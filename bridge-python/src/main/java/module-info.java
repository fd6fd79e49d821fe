/** Python applications as gateway applications: supervised CPython workers. */
module io.gangway.python {
    requires transitive io.gangway.core;
    requires static transitive org.jspecify;

    exports io.gangway.python;

    provides io.gangway.deploy.ApplicationLoader with
            io.gangway.python.PythonApplicationLoader,
            io.gangway.python.PasteApplicationLoader;
}
