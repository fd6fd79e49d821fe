package io.gangway.it.launch;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.net.HttpURLConnection;
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

    private Redeployment() {}

    /**
     * Prints the answers, and then a line for each kind of object that may be left behind.
     *
     * @param arguments the directory that Tomcat works in, the WAR, how often it is deployed, and {@code gone} if its directory is to
     *     be removed before it is undeployed
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
        boolean isRemoved = arguments[3].equals("gone");
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        loaders.add(deployOnce(tomcat, arguments[1], connector.getLocalPort(), isRemoved));
        long descriptors = descriptors(); // what the server opens once is open by now
        for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
            loaders.add(deployOnce(tomcat, arguments[1], connector.getLocalPort(), isRemoved));
        }
        await(() -> descriptors() <= descriptors);
        tell("descriptors", descriptors() - descriptors);
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

    private static WeakReference<ClassLoader> deployOnce(Tomcat tomcat, String war, int port, boolean isRemoved)
            throws IOException {
        Context context = tomcat.addWebapp("/shop", war);
        HttpURLConnection request = (HttpURLConnection)
                URI.create("http://127.0.0.1:" + port + "/shop/").toURL().openConnection();
        request.setRequestProperty("Connection", "close");
        System.out.println("ANSWER " + request.getResponseCode());
        request.getInputStream().close();
        WeakReference<ClassLoader> loader =
                new WeakReference<>(context.getLoader().getClassLoader());
        if (isRemoved) {
            context.getResources()
                    .gc(); // as Tomcat does after 30 idle seconds: it closes the jars, and may open them again
            ExpandWar.deleteDir(new File(context.getDocBase()));
        }
        long began = System.nanoTime();
        tomcat.getHost().removeChild(context);
        System.out.println(
                "STOPPED " + Duration.ofNanos(System.nanoTime() - began).toSeconds());
        return loader;
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
