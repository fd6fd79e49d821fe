package io.gangway.it.launch;

import java.io.IOException;
import java.util.stream.Collectors;

/** The life of a launched server: ready, serving until standard input ends, stopped. */
final class Launched {
    private Launched() {}

    /** Announces the ports and returns when the parent wants, or has met, its end. */
    static void serve(int port, int mountsPort, int tlsPort) throws IOException {
        System.out.println("READY port=" + port + " mounts=" + mountsPort + " tls=" + tlsPort);
        while (System.in.read() >= 0) {
            // only the end matters
        }
    }

    /** Names what a stop has left behind: threads that would keep the JVM alive, and any of Gangway's own. */
    static void tellRemainingThreads() {
        String remaining = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread != Thread.currentThread())
                .filter(thread -> !thread.isDaemon() || thread.getName().startsWith("gangway"))
                .map(Thread::getName)
                .filter(name -> !name.equals("DestroyJavaVM"))
                .collect(Collectors.joining(", "));
        System.out.println("STOPPED threads=[" + remaining + "]");
        System.out.flush();
    }
}
