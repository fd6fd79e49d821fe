package io.gangway.bench;

import jakarta.websocket.CloseReason;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The WebSocket rows of {@code run asgi-java} by hand, as endpoints of jakarta.websocket that wait for nobody. */
final class LiveEndpoints {
    private LiveEndpoints() {}

    static void addTo(ServerContainer container) throws DeploymentException {
        container.addEndpoint(ServerEndpointConfig.Builder.create(Echo.class, LiveAnswers.ECHO)
                .build());
        container.addEndpoint(ServerEndpointConfig.Builder.create(Room.class, LiveAnswers.ROOM)
                .build());
    }

    private static void send(Session session, String text) {
        session.getAsyncRemote().sendText(text, sent -> {}); // a failure closes the session
    }

    /** Sends back what comes. */
    public static final class Echo extends Endpoint {
        /** Made by a container. */
        public Echo() {}

        @Override
        public void onOpen(Session session, EndpointConfig config) {
            session.addMessageHandler(String.class, (MessageHandler.Whole<String>) text -> send(session, text));
        }
    }

    /** Sends what one says to all the others, and tells it how many those are. */
    public static final class Room extends Endpoint {
        private static final Set<Session> MEMBERS = ConcurrentHashMap.newKeySet();

        /** Made by a container. */
        public Room() {}

        @Override
        public void onOpen(Session session, EndpointConfig config) {
            if (!LiveAnswers.SENDS.equals(session.getQueryString())) {
                MEMBERS.add(session);
            }
            session.addMessageHandler(String.class, (MessageHandler.Whole<String>) text -> tell(text, session));
        }

        private static void tell(String text, Session sender) {
            Session[] members = MEMBERS.toArray(Session[]::new);
            for (Session member : members) {
                send(member, text);
            }
            send(sender, Integer.toString(members.length));
        }

        @Override
        public void onClose(Session session, CloseReason reason) {
            MEMBERS.remove(session);
        }
    }
}
