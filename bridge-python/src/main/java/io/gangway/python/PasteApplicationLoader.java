package io.gangway.python;

import io.gangway.deploy.ApplicationLoader;
import io.gangway.deploy.LoadContext;
import io.gangway.deploy.LoadedApplication;

/**
 * Loads {@code paste:production.ini}: a WSGI application that a file of PasteDeploy describes, as Pyramid's tools write it.
 *
 * <p>The application runs as one of {@link PythonApplicationLoader} does, and has its settings. {@code paste:production.ini#shop} is the section
 * {@code app:shop} of the file; without a name it is {@code main}.
 */
public final class PasteApplicationLoader implements ApplicationLoader {
    /** Makes a loader; nothing is started. */
    public PasteApplicationLoader() {}

    @Override
    public String name() {
        return "paste";
    }

    @Override
    public String example() {
        return "paste:production.ini";
    }

    @Override
    public LoadedApplication load(String name, LoadContext context) throws Exception {
        return PythonApplicationLoader.load(name(), name, context);
    }
}
