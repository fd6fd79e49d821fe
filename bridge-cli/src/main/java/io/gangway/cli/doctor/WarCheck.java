package io.gangway.cli.doctor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.cli.war.WebXml;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * What a container will find in a WAR.
 *
 * @param settings the context-params of its web.xml
 * @param findings what was found
 */
public record WarCheck(Map<String, String> settings, List<Finding> findings) {
    private static final Pattern ELEMENT = Pattern.compile("<(servlet|filter)>(.*?)</\\1>", Pattern.DOTALL);
    private static final Pattern ASYNCHRONOUS = Pattern.compile("<async-supported>\\s*true\\s*</async-supported>");

    /**
     * Looks at a WAR.
     *
     * @param war the file
     * @return the settings and the findings
     * @throws IOException if it cannot be read as an archive
     */
    public static WarCheck of(Path war) throws IOException {
        List<Finding> findings = new ArrayList<>();
        Map<String, String> settings = Map.of();
        try (ZipFile zip = new ZipFile(war.toFile())) {
            ZipEntry descriptor = zip.getEntry("WEB-INF/web.xml");
            if (descriptor == null) {
                findings.add(Finding.problem(
                        "web.xml",
                        war + " has no WEB-INF/web.xml",
                        "build it with gangway war, or add one (docs/python.md)"));
            } else {
                byte[] content = zip.getInputStream(descriptor).readAllBytes();
                settings = WebXml.settings(new ByteArrayInputStream(content));
                findings.add(asynchronous(new String(content, UTF_8)));
            }
            if (zip.getEntry("META-INF/context.xml") == null) {
                findings.add(Finding.warning(
                        "context.xml",
                        "there is no META-INF/context.xml: Tomcat serves the rest of the web application if the application"
                                + " does not start",
                        "add one with <Context failCtxIfServletStartFails=\"true\"/>"));
            }
        }
        findings.addAll(pitfalls());
        return new WarCheck(settings, findings);
    }

    private static Finding asynchronous(String descriptor) {
        Matcher elements = ELEMENT.matcher(descriptor);
        while (elements.find()) {
            if (!ASYNCHRONOUS.matcher(elements.group(2)).find()) {
                return Finding.warning(
                        "web.xml",
                        "a " + elements.group(1)
                                + " is declared without asynchronous support: a thread of the container waits for"
                                + " each request",
                        "add <async-supported>true</async-supported> to it");
            }
        }
        return Finding.ok("web.xml", "all servlets and filters support asynchronous requests");
    }

    /** Behaviour of containers that a WAR cannot change; README, Limits, has the details. */
    private static List<Finding> pitfalls() {
        return List.of(
                Finding.note(
                        "jetty",
                        "Jetty compares cached header fields of a connection without case: a later client may get an earlier"
                                + " one's Cookie",
                        "set headerCacheCaseSensitive to true in jetty.xml"),
                Finding.note(
                        "paths",
                        "Tomcat and Jetty refuse %2F in paths by default, and Jetty also %25 and //",
                        "see docs/deploy-tomcat.md, Paths"));
    }
}
