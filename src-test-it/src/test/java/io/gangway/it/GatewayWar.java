package io.gangway.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.servlet.GatewayServlet;
import jakarta.servlet.Filter;
import jakarta.servlet.Servlet;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A WAR as an operator would write it by hand: three jars, a web.xml, and a context.xml for Tomcat. */
public final class GatewayWar {
    private static final List<String> JARS = List.of("bridge-core", "bridge-servlet", "bridge-python");
    private static final String CONTEXT_XML = "<Context failCtxIfServletStartFails=\"true\"/>\n";
    private static final String WEB_XML = """
            <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
              <%1$s>
                <%1$s-name>gateway</%1$s-name>
                <%1$s-class>%2$s</%1$s-class>
            %3$s    <async-supported>true</async-supported>
              </%1$s>
              <%1$s-mapping>
                <%1$s-name>gateway</%1$s-name>
                <url-pattern>/*</url-pattern>
              </%1$s-mapping>
            %4$s</web-app>
            """;
    private static final String BESIDE = """
              <servlet>
                <servlet-name>beside</servlet-name>
                <servlet-class>%s</servlet-class>
                <async-supported>true</async-supported>
              </servlet>
              <servlet-mapping>
                <servlet-name>beside</servlet-name>
                <url-pattern>%s</url-pattern>
              </servlet-mapping>
            """;

    private final Map<String, String> settings;
    private Class<?> gateway = GatewayServlet.class;
    private final Set<Class<?>> classes = new LinkedHashSet<>();
    private String beside = "";
    private boolean isStartedOnDemand;
    private boolean hasContextXml = true;

    private GatewayWar(Map<String, String> settings) {
        this.settings = settings;
    }

    /** A GatewayServlet with init-params, started with the web application. */
    public static GatewayWar of(Map<String, String> settings) {
        return new GatewayWar(settings);
    }

    /** With another servlet of this class path, whose class is added to the WAR. */
    GatewayWar servlet(Class<? extends Servlet> type) {
        gateway = type;
        classes.add(type);
        return this;
    }

    /** With a filter in place of the servlet, whose class is added to the WAR. */
    GatewayWar filter(Class<? extends Filter> type) {
        gateway = type;
        classes.add(type);
        return this;
    }

    /** With another servlet that does not use Gangway. */
    GatewayWar beside(Class<? extends Servlet> type, String pattern) {
        beside = BESIDE.formatted(type.getName(), pattern);
        classes.add(type);
        classes.addAll(List.of(type.getDeclaredClasses()));
        return this;
    }

    /** With a class that its application needs, and all classes inside of it. */
    public GatewayWar with(Class<?> type) {
        classes.add(type);
        classes.addAll(List.of(type.getDeclaredClasses()));
        return this;
    }

    /** Without {@code load-on-startup}: the first request starts it. */
    GatewayWar onDemand() {
        isStartedOnDemand = true;
        return this;
    }

    GatewayWar withoutContextXml() {
        hasContextXml = false;
        return this;
    }

    /** Makes the file. */
    public void write(Path target) throws IOException {
        try (ZipOutputStream war = new ZipOutputStream(Files.newOutputStream(target))) {
            if (hasContextXml) {
                put(war, "META-INF/context.xml", CONTEXT_XML.getBytes(UTF_8));
            }
            put(war, "WEB-INF/web.xml", webXml().getBytes(UTF_8));
            for (String name : JARS) {
                put(war, "WEB-INF/lib/" + name + ".jar", Files.readAllBytes(jar(name)));
            }
            for (Class<?> type : classes) {
                String name = type.getName().replace('.', '/') + ".class";
                try (InputStream content =
                        Objects.requireNonNull(type.getClassLoader().getResourceAsStream(name), name)) {
                    put(war, "WEB-INF/classes/" + name, content.readAllBytes());
                }
            }
        }
    }

    private String webXml() {
        boolean isServlet = Servlet.class.isAssignableFrom(gateway);
        StringBuilder inside = new StringBuilder();
        settings.forEach((name, value) ->
                inside.append("""
                    <init-param>
                      <param-name>%s</param-name>
                      <param-value>%s</param-value>
                    </init-param>
                """.formatted(name, value.replace("&", "&amp;").replace("<", "&lt;"))));
        if (isServlet && !isStartedOnDemand) {
            inside.append("    <load-on-startup>0</load-on-startup>\n");
        }
        return WEB_XML.formatted(isServlet ? "servlet" : "filter", gateway.getName(), inside, beside);
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
