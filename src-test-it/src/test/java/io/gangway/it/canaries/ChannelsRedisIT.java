package io.gangway.it.canaries;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;

/** Channels over Redis: members of a room are in different workers. */
@OnServers(CanaryServer.RUN)
final class ChannelsRedisIT extends ChannelsTest {
    /** Far more WebSockets than a dispatcher needs to use both workers. */
    private static final int MAX_MEMBERS = 20;

    private @Nullable Redis redis;

    ChannelsRedisIT() {
        super(DjangoSite.ASGI.named("channels-redis"));
    }

    @Override
    Canary prepare(Canary plain, CanaryServer on) throws IOException, InterruptedException {
        redis = Redis.start();
        return super.prepare(plain, on).with("gangway.env.SHOP_REDIS", redis.url());
    }

    @AfterParameterizedClassInvocation
    @Override
    void undeploy() throws IOException, InterruptedException {
        try {
            super.undeploy();
        } finally {
            if (redis != null) {
                redis.close();
            }
        }
    }

    @Test
    void members_in_different_workers_hear_each_other() throws Exception {
        String session = loggedIn();
        List<Talk> members = new ArrayList<>();
        Map<String, Talk> byWorker = new HashMap<>();
        try {
            while (byWorker.size() < 2 && members.size() < MAX_MEMBERS) {
                Talk member = talk("/talk/wide", session);
                members.add(member);
                member.next();
                byWorker.put(member.next(), member);
            }
            assertThat(byWorker).as("members by worker").hasSize(2);
            members.get(0).say("{\"text\": \"ahoy\"}");
            for (Talk member : members) {
                member.hears("{\"user\": \"harbour\", \"text\": \"ahoy\"}");
            }
        } finally {
            members.forEach(Talk::close);
        }
    }
}
