package io.gangway.it.canaries;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** What an operator would write by hand: three jars and a web.xml. */
final class CanaryWar {
    private static final List<String> JARS = List.of("bridge-core", "bridge-servlet", "bridge-python");
    private static final String CONTEXT = "<Context failCtxIfServletStartFails=\"true\"/>\n";
    private static final String WEB_XML = """
            <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
              <servlet>
                <servlet-name>gateway</servlet-name>
                <servlet-class>io.gangway.servlet.GatewayServlet</servlet-class>
            %s    <load-on-startup>0</load-on-startup>
              </servlet>
              <servlet-mapping>
                <servlet-name>gateway</servlet-name>
                <url-pattern>/*</url-pattern>
              </servlet-mapping>
            </web-app>
            """;

    private CanaryWar() {}

    static void write(Path target, Canary canary) throws IOException, InterruptedException {
        try (ZipOutputStream war = new ZipOutputStream(Files.newOutputStream(target))) {
            put(war, "META-INF/context.xml", CONTEXT.getBytes(UTF_8));
            put(war, "WEB-INF/web.xml", webXml(canary.allSettings()).getBytes(UTF_8));
            for (String name : JARS) {
                put(war, "WEB-INF/lib/" + name + ".jar", Files.readAllBytes(jar(name)));
            }
        }
    }

    private static String webXml(Map<String, String> settings) {
        StringBuilder parameters = new StringBuilder();
        settings.forEach((name, value) -> parameters.append(
                """
                    <init-param>
                      <param-name>%s</param-name>
                      <param-value>%s</param-value>
                    </init-param>
                """.formatted(name, value.replace("&", "&amp;").replace("<", "&lt;"))));
        return WEB_XML.formatted(parameters);
    }

    private static Path jar(String name) {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(entry -> entry.getFileName().toString().matches(name + "-.*\\.jar"))
                .findFirst()
                .orElseThrow(
                        () -> new AssertionError("no jar of " + name + " on the class path: run this with mvn verify"));
    }

    private static void put(ZipOutputStream war, String name, byte[] content) throws IOException {
        war.putNextEntry(new ZipEntry(name));
        war.write(content);
    }
}
