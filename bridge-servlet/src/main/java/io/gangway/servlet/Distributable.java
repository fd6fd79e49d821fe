package io.gangway.servlet;

import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.io.InputStream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Whether a web application is marked {@code <distributable/>} (W35): the Servlet API has no other way to ask.
 *
 * @see <a href="https://jakarta.ee/specifications/servlet/6.0/">Servlet 6.0, section 14.3, and 7.7.2</a>
 */
final class Distributable {
    private Distributable() {}

    static boolean isMarked(ServletContext context) {
        try (InputStream descriptor = context.getResourceAsStream("/WEB-INF/web.xml")) {
            return descriptor != null && hasMark(descriptor);
        } catch (IOException | XMLStreamException e) {
            // The container has read the descriptor before us, and has reported its faults.
            return false;
        }
    }

    private static boolean hasMark(InputStream descriptor) throws XMLStreamException {
        XMLInputFactory factory = XMLInputFactory.newFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        XMLStreamReader reader = factory.createXMLStreamReader(descriptor);
        try {
            while (reader.hasNext()) {
                if (reader.next() == XMLStreamConstants.START_ELEMENT
                        && reader.getLocalName().equals("distributable")) {
                    return true;
                }
            }
            return false;
        } finally {
            reader.close();
        }
    }
}
