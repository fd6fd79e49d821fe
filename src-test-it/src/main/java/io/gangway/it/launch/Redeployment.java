package io.gangway.it.launch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.startup.ExpandWar;
import org.apache.catalina.startup.Tomcat;

/** Tomcat with one web application that is deployed and undeployed again and again; prints which of its objects are left. */
public final class Redeployment {
    private static final String PREFIX = "LEFT ";
    private static final Duration MAX_WAIT = Duration.ofSeconds(20);
    private static final String HANDSHAKE = """
            GET /shop/ HTTP/1.1\r
            Host: localhost\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            Sec-WebSocket-Version: 13\r
            \r
            """;

    private Redeployment() {}

    /** In which a web application is undeployed. */
    public enum Situation {
        /** Nothing is under way. */
        IDLE,
        /** Its directory has been removed. */
        DIRECTORY_GONE,
        /** A WebSocket's handshake waits for the application, which has got the number of them as the answer to a request. */
        HANDSHAKE_WAITS
    }

    /**
     * Prints the answers, and then a line for each kind of object that may be left behind.
     *
     * @param arguments the directory that Tomcat works in, the WAR, how often it is deployed, and the {@link Situation} in which it is undeployed
     * @throws Exception if the server does not start or stop
     */
    public static void main(String[] arguments) throws Exception {
        Path base = Path.of(arguments[0]);
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(base.toString());
        tomcat.setAddDefaultWebXmlToWebapp(false);
        Connector connector = new Connector();
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        tomcat.setConnector(connector);
        Files.createDirectories(base.resolve("webapps"));
        StandardHost host = (StandardHost) tomcat.getHost();
        tomcat.start();
        Situation situation = Situation.valueOf(arguments[3]);
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        loaders.add(deployOnce(tomcat, arguments[1], connector.getLocalPort(), situation));
        long descriptors = descriptors(); // what the server opens once is open by now
        for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
            loaders.add(deployOnce(tomcat, arguments[1], connector.getLocalPort(), situation));
        }
        await(() -> descriptors() <= descriptors);
        tell("descriptors", Math.max(0, descriptors() - descriptors)); // the first client's may have been closed late
        tell("threads", threads());
        tell("processes", ProcessHandle.current().descendants().count());
        tell("directories", directories());
        await(() -> {
            System.gc();
            return alive(loaders) == 0;
        });
        tell("loaders", alive(loaders));
        tell("leaks", Arrays.toString(host.findReloadedContextMemoryLeaks()));
        tomcat.stop();
        tomcat.destroy();
        System.exit(0);
    }

    private static WeakReference<ClassLoader> deployOnce(Tomcat tomcat, String war, int port, Situation situation)
            throws IOException, InterruptedException {
        Context context = tomcat.addWebapp("/shop", war);
        HttpURLConnection request = asked(port);
        System.out.println("ANSWER " + request.getResponseCode());
        request.getInputStream().close();
        WeakReference<ClassLoader> loader =
                new WeakReference<>(context.getLoader().getClassLoader());
        if (situation == Situation.DIRECTORY_GONE) {
            context.getResources()
                    .gc(); // as Tomcat does after 30 idle seconds: it closes the jars, and may open them again
            ExpandWar.deleteDir(new File(context.getDocBase()));
        }
        if (situation == Situation.HANDSHAKE_WAITS) {
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
                client.getOutputStream().write(HANDSHAKE.getBytes(ISO_8859_1));
                await(() -> handshakes(port).equals("1"));
                undeploy(tomcat, context);
            }
        } else {
            undeploy(tomcat, context);
        }
        return loader;
    }

    private static void undeploy(Tomcat tomcat, Context context) {
        long began = System.nanoTime();
        tomcat.getHost().removeChild(context);
        System.out.println(
                "STOPPED " + Duration.ofNanos(System.nanoTime() - began).toSeconds());
    }

    private static HttpURLConnection asked(int port) throws IOException {
        HttpURLConnection request = (HttpURLConnection)
                URI.create("http://127.0.0.1:" + port + "/shop/").toURL().openConnection();
        request.setRequestProperty("Connection", "close");
        return request;
    }

    private static String handshakes(int port) {
        try (InputStream answer = asked(port).getInputStream()) {
            return new String(answer.readAllBytes(), ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void tell(String what, Object left) {
        System.out.println(PREFIX + what + "=" + left);
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + MAX_WAIT.toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() - deadline < 0) {
            Thread.sleep(50);
        }
    }

    private static long alive(List<WeakReference<ClassLoader>> loaders) {
        return loaders.stream().filter(it -> it.get() != null).count();
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("gangway"))
                .toList();
    }

    private static long directories() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().startsWith("gangway-"))
                    .count();
        }
    }

    private static long descriptors() {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
