package io.gangway.lint;

import java.util.AbstractCollection;
import java.util.Collection;
import java.util.Iterator;

/** A {@link LintedBody} whose number of blocks is known: the server may ask for it (W62, W66). */
@SuppressWarnings("try") // as in LintedBody
final class LintedCollection extends AbstractCollection<byte[]> implements AutoCloseable {
    private final Collection<?> inner;
    private final LintedBody body;

    LintedCollection(Collection<?> inner, LintedBody body) {
        this.inner = inner;
        this.body = body;
    }

    @Override
    public Iterator<byte[]> iterator() {
        return body.iterator();
    }

    @Override
    public int size() {
        return inner.size();
    }

    @Override
    public void close() throws Exception {
        body.close();
    }
}
