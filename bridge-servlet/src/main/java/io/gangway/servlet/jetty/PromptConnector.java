package io.gangway.servlet.jetty;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * A connector for a server whose handling waits for nothing, once it is told so: the thread that selects then handles what it reads.
 * By default Jetty wakes another thread to select meanwhile, for each request, since any servlet may block.
 *
 * <p>What {@link PromptHandler} keeps from that thread makes the promise true.
 */
final class PromptConnector extends ServerConnector {
    private volatile boolean isPrompt;

    PromptConnector(Server server, ConnectionFactory... factories) {
        super(server, factories);
    }

    /** Promises that handling waits for nothing, for the connections that come from now on. */
    void promise() {
        isPrompt = true;
    }

    @Override
    protected SocketChannelEndPoint newEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key)
            throws IOException {
        if (!isPrompt) {
            return super.newEndPoint(channel, selector, key);
        }
        SocketChannelEndPoint prompt = new PromptEndPoint(channel, selector, key, getScheduler());
        prompt.setIdleTimeout(getIdleTimeout());
        return prompt;
    }

    private static final class PromptEndPoint extends SocketChannelEndPoint {
        /** A connection always asks with the same callback, unless it is upgraded. */
        private @Nullable PromptCallback last;

        PromptEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key, Scheduler scheduler) {
            super(channel, selector, key, scheduler);
        }

        @Override
        public void fillInterested(Callback callback) {
            super.fillInterested(prompt(callback));
        }

        @Override
        public boolean tryFillInterested(Callback callback) {
            return super.tryFillInterested(prompt(callback));
        }

        private Callback prompt(Callback callback) {
            PromptCallback prompt = last;
            if (prompt == null || prompt.getCallback() != callback) {
                prompt = new PromptCallback(callback);
                last = prompt;
            }
            return prompt;
        }
    }

    private static final class PromptCallback extends Callback.Nested {
        PromptCallback(Callback callback) {
            super(callback);
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }
    }
}
