package io.gangway.it.launch;

import io.gangway.deploy.Deployment;
import io.gangway.wsgi.GatewayApplication;
import jakarta.servlet.ServletContainerInitializer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;

/** Tomcat with default settings, HTTP/2 and the application that serves the contract at the root, every mapping, and a TLS connector. */
public final class EmbeddedTomcat {
    private EmbeddedTomcat() {}

    /**
     * Serves until standard input ends.
     *
     * @param arguments the directory that Tomcat works in, and that has the key stores, then what {@link Launched#deploy} reads
     * @throws Exception if the server does not start or stop
     */
    public static void main(String[] arguments) throws Exception {
        Path base = Files.createDirectories(Path.of(arguments[0]));
        try (Deployment deployment = Launched.deploy(arguments)) {
            serve(Launched.application(deployment, arguments), base, Launched.settings(arguments));
        }
        Launched.tellRemainingThreads();
        System.exit(0);
    }

    private static void serve(GatewayApplication application, Path base, Map<String, String> settings)
            throws Exception {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(base.toString());
        Connector connector = connector();
        connector.addUpgradeProtocol(new Http2Protocol());
        tomcat.setConnector(connector);
        Connector tls = tls(base);
        tomcat.getService().addConnector(tls);

        Context main = tomcat.addContext("", base.toString());
        addWebSockets(main, settings);
        main.addServletContainerInitializer(Mappings.STAR.initializer(application), null);
        for (Mappings mapping : Mappings.values()) {
            Context context = tomcat.addContext(
                    mapping.contextPath(), mapping.documents(base).toString());
            if (mapping == Mappings.BLOCKING) {
                addWebSockets(context, settings);
            }
            context.addServletContainerInitializer(mapping.initializer(application), null);
        }
        tomcat.start();
        Launched.serve(connector.getLocalPort(), connector.getLocalPort(), tls.getLocalPort());
        tomcat.stop();
        tomcat.destroy();
    }

    private static void addWebSockets(Context context, Map<String, String> settings)
            throws ReflectiveOperationException {
        Launched.webSocketSettings(settings).forEach(context::addParameter);
        context.addServletContainerInitializer(webSockets(), null);
    }

    /** Tomcat's implementation of jakarta.websocket, which its embedder adds; by reflection, because it is another jar for each version. */
    private static ServletContainerInitializer webSockets() throws ReflectiveOperationException {
        return Class.forName("org.apache.tomcat.websocket.server.WsSci")
                .asSubclass(ServletContainerInitializer.class)
                .getConstructor()
                .newInstance();
    }

    private static Connector connector() {
        Connector connector = new Connector();
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        return connector;
    }

    private static Connector tls(Path base) {
        SSLHostConfig host = new SSLHostConfig();
        SSLHostConfigCertificate certificate =
                new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.UNDEFINED);
        certificate.setCertificateKeystoreFile(base.resolve(TlsFiles.SERVER).toString());
        certificate.setCertificateKeystoreType(TlsFiles.TYPE);
        certificate.setCertificateKeystorePassword(TlsFiles.PASSWORD);
        host.addCertificate(certificate);
        host.setTruststoreFile(base.resolve(TlsFiles.CLIENTS).toString());
        host.setTruststoreType(TlsFiles.TYPE);
        host.setTruststorePassword(TlsFiles.PASSWORD);
        host.setCertificateVerification("optional");
        Connector connector = connector();
        connector.setScheme("https");
        connector.setSecure(true);
        connector.setProperty("SSLEnabled", "true");
        connector.addSslHostConfig(host);
        return connector;
    }
}
