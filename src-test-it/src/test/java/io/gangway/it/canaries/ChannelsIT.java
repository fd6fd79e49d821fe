package io.gangway.it.canaries;

/** Channels in one worker, which has the rooms in its memory. */
@OnServers({CanaryServer.RUN, CanaryServer.TOMCAT, CanaryServer.WAR_TOMCAT_10, CanaryServer.WAR_JETTY_EE10})
final class ChannelsIT extends ChannelsTest {
    ChannelsIT() {
        super(DjangoSite.ASGI.named("channels").with("gangway.workers", "1"));
    }
}
