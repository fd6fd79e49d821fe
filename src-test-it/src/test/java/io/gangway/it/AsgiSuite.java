package io.gangway.it;

/** The rules of ASGI on one backend: the cases are in the classes above. */
abstract class AsgiSuite extends TrailerCases {
    AsgiSuite(AsgiBackend backend) {
        super(backend, backend.serving());
    }
}
