package io.gangway.cli.war;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** The deployment descriptor: settings are context-params, because a container's own configuration of the web application overrides these. */
public final class WebXml {
    private static final String FRAME = """
            <?xml version="1.0" encoding="UTF-8"?>
            <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0" metadata-complete="true">
              <display-name>%s</display-name>
            %s  <servlet>
                <servlet-name>gateway</servlet-name>
                <servlet-class>io.gangway.servlet.GatewayServlet</servlet-class>
                <load-on-startup>0</load-on-startup>
                <async-supported>true</async-supported>
              </servlet>
              <servlet-mapping>
                <servlet-name>gateway</servlet-name>
                <url-pattern>/*</url-pattern>
              </servlet-mapping>
            </web-app>
            """;
    private static final String PARAM = """
              <context-param>
                <param-name>%s</param-name>
                <param-value>%s</param-value>
              </context-param>
            """;

    /**
     * Chars and bytes of the buffers that Tomcat makes for each WebSocket, 8,192 by default. They limit no message: Gangway takes messages in parts. A web application of ours has no
     * other WebSockets, which they would limit.
     */
    private static final Map<String, String> TOMCATS_BUFFERS = Map.of(
            "org.apache.tomcat.websocket.textBufferSize", "512", "org.apache.tomcat.websocket.binaryBufferSize", "512");

    /** What XML 1.0 cannot hold (section 2.2, Char), not even escaped. */
    private static final Pattern FOREIGN =
            Pattern.compile("[^\\t\\n\\r\\x20-\\uD7FF\\uE000-\\uFFFD\\x{10000}-\\x{10FFFF}]");

    private WebXml() {}

    /**
     * The first character of a text that no web.xml can hold.
     *
     * @param text a setting's value, or the application's name
     * @return for example {@code U+0001}; empty if there is none
     */
    public static Optional<String> foreign(String text) {
        return FOREIGN.matcher(text)
                .results()
                .findFirst()
                .map(found -> String.format("U+%04X", found.group().codePointAt(0)));
    }

    static byte[] of(String name, Map<String, String> settings) {
        StringBuilder params = new StringBuilder();
        TreeMap<String, String> all = new TreeMap<>(TOMCATS_BUFFERS);
        all.putAll(settings);
        all.forEach((key, value) -> params.append(PARAM.formatted(escaped(key), escaped(value))));
        return FRAME.formatted(escaped(name), params).getBytes(UTF_8);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\r", "&#13;");
    }

    /**
     * The settings among the context-params of a descriptor.
     *
     * @param descriptor a web.xml; it is read to its end
     * @return the settings
     * @throws IOException if it cannot be read
     */
    public static Map<String, String> settings(InputStream descriptor) throws IOException {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            NodeList params = factory.newDocumentBuilder().parse(descriptor).getElementsByTagName("context-param");
            Map<String, String> settings = new LinkedHashMap<>();
            for (int i = 0; i < params.getLength(); i++) {
                Element param = (Element) params.item(i);
                String name = text(param, "param-name");
                if (name.startsWith("gangway.")) {
                    settings.put(name, text(param, "param-value"));
                }
            }
            return settings;
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException("web.xml cannot be read: " + e.getMessage(), e);
        }
    }

    private static String text(Element param, String name) {
        return param.getElementsByTagName(name).item(0).getTextContent().strip();
    }
}
