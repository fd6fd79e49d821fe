package io.gangway.it;

/** The contract on {@code io.gangway.testing.TestClient}. */
final class TestClientIT extends ContractSuite {
    TestClientIT() {
        super(Backends.MEMORY);
    }
}
