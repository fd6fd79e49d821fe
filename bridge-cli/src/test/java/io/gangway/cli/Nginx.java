package io.gangway.cli;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** An nginx of the system in front of several servers, in a directory of its own. */
final class Nginx implements AutoCloseable {
    private static final List<Path> PROGRAMS = List.of(Path.of("/usr/sbin/nginx"), Path.of("/usr/bin/nginx"));

    private final Process process;
    private final String address;
    private final Path log;

    private Nginx(Process process, String address, Path log) {
        this.process = process;
        this.address = address;
        this.log = log;
    }

    static boolean isThere() {
        return PROGRAMS.stream().anyMatch(Files::isExecutable);
    }

    /**
     * Starts nginx, which keeps connections to the servers. After a failure it asks a server again at once: with nginx's default pause
     * of 10 seconds, two servers that are replaced one after the other would both be left out.
     */
    static Nginx start(Path directory, String address, List<String> servers) throws IOException {
        String upstream = servers.stream()
                .map(server -> "server " + server + " max_fails=0;")
                .collect(Collectors.joining(" "));
        return ofSite(directory, address, """
                upstream shop { %2$s keepalive 16; }
                server {
                  listen %1$s;
                  location / {
                    proxy_pass http://shop;
                    proxy_http_version 1.1;
                    proxy_set_header Connection "";
                  }
                }
                """.formatted(address, upstream));
    }

    /** Starts nginx with a file as sites-enabled has them, which listens on the address. */
    static Nginx ofSite(Path directory, String address, String site) throws IOException {
        return ofSite(directory, address, site, System.getProperty("user.name"));
    }

    /**
     * The same with workers of another user.
     *
     * @param user another one than this process's if this process is root's
     */
    static Nginx ofSite(Path directory, String address, String site, String user) throws IOException {
        Path log = directory.resolve("nginx.log");
        Path configuration = directory.resolve("nginx.conf");
        Files.writeString(directory.resolve("site"), site);
        Files.writeString(configuration, """
                daemon off;
                worker_processes 1;
                %2$s
                pid %1$s/nginx.pid;
                error_log %1$s/nginx.log;
                events { worker_connections 512; }
                http {
                  access_log off;
                  client_body_temp_path %1$s/body;
                  proxy_temp_path %1$s/proxy;
                  fastcgi_temp_path %1$s/fastcgi;
                  uwsgi_temp_path %1$s/uwsgi;
                  scgi_temp_path %1$s/scgi;
                  include %1$s/site;
                }
                """.formatted(
                        directory, "root".equals(System.getProperty("user.name")) ? "user " + user + ";" : ""));
        String program = PROGRAMS.stream()
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow()
                .toString();
        Process process = new ProcessBuilder(
                        program, "-p", directory.toString(), "-c", configuration.toString(), "-e", log.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("nginx.out").toFile())
                .start();
        return new Nginx(process, address, log);
    }

    URI uri() {
        return URI.create("http://" + address + "/");
    }

    /** Whether nginx listens. */
    boolean isReady() {
        URI uri = uri();
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** The lines of nginx's log about failures of its servers. */
    String log() throws IOException {
        return Files.exists(log) ? Files.readString(log) : "";
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().completeOnTimeout(process, 20, TimeUnit.SECONDS).join();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
