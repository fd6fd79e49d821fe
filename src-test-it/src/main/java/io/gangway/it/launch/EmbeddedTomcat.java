package io.gangway.it.launch;

import io.gangway.it.contract.ContractApplication;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;

/** Tomcat with default settings and the contract application at the root, and every mapping besides. */
public final class EmbeddedTomcat {
    private EmbeddedTomcat() {}

    /**
     * Serves until standard input ends.
     *
     * @param arguments the directory that Tomcat works in
     * @throws Exception if the server does not start or stop
     */
    public static void main(String[] arguments) throws Exception {
        Path base = Files.createDirectories(Path.of(arguments[0]));
        ContractApplication application = new ContractApplication();
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(base.toString());
        Connector connector = new Connector();
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        tomcat.setConnector(connector);

        tomcat.addContext("", base.toString())
                .addServletContainerInitializer(Mappings.STAR.initializer(application), null);
        for (Mappings mapping : Mappings.values()) {
            tomcat.addContext(mapping.contextPath(), base.toString())
                    .addServletContainerInitializer(mapping.initializer(application), null);
        }
        tomcat.start();
        Launched.serve(connector.getLocalPort(), connector.getLocalPort());
        tomcat.stop();
        tomcat.destroy();
        Launched.tellRemainingThreads();
        System.exit(0);
    }
}
