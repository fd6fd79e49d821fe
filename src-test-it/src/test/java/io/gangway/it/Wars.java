package io.gangway.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The hello-war example as it was built, and with the contract's classes added. */
final class Wars {
    private static final String LIBRARIES = "WEB-INF/lib/";

    private Wars() {}

    /** The WAR that the build of {@code examples/hello-war} has made. */
    static Path hello() throws IOException {
        Path built = ContractTable.target()
                .resolve("../../examples/hello-war/target")
                .normalize();
        try (Stream<Path> files = Files.list(built)) {
            return files.filter(file -> file.toString().endsWith(".war"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no WAR in " + built + ": build examples/hello-war first"));
        }
    }

    /** Elements for a web.xml. */
    static String contextParams(Map<String, String> parameters) {
        StringBuilder elements = new StringBuilder();
        parameters.forEach((name, value) -> elements.append("<context-param><param-name>")
                .append(name)
                .append("</param-name><param-value>")
                .append(value)
                .append("</param-value></context-param>"));
        return elements.toString();
    }

    /**
     * Copies the WAR with one more library: the classes that the contract needs inside the container; and with these
     * elements at the beginning of its web.xml.
     */
    static void withContract(Path target, String elements) throws IOException {
        try (ZipFile hello = new ZipFile(hello().toFile());
                JarOutputStream war = new JarOutputStream(Files.newOutputStream(target))) {
            for (ZipEntry entry : (Iterable<ZipEntry>) hello.stream().map(ZipEntry.class::cast)::iterator) {
                war.putNextEntry(new ZipEntry(entry.getName()));
                try (InputStream content = hello.getInputStream(entry)) {
                    if (entry.getName().equals("WEB-INF/web.xml")) {
                        String descriptor = new String(content.readAllBytes(), UTF_8);
                        war.write(descriptor
                                .replaceFirst("<servlet>", elements + "\n  <servlet>")
                                .getBytes(UTF_8));
                    } else {
                        content.transferTo(war);
                    }
                }
            }
            war.putNextEntry(new JarEntry(LIBRARIES + "contract.jar"));
            Path jar = Files.createTempFile("contract", ".jar");
            writeJar(jar, new Manifest(), contractClasses());
            Files.copy(jar, war);
            Files.delete(jar);
        }
    }

    /** A Java agent of one class, so that nothing else of ours reaches a container's own class path. */
    static Path watchAgent() throws IOException {
        String agent = "io/gangway/it/launch/ParentWatch";
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", agent.replace('/', '.'));
        Path jar = ContractTable.target().resolve("parent-watch.jar");
        writeJar(jar, manifest, List.of(classes().resolve(agent + ".class")));
        return jar;
    }

    private static List<Path> contractClasses() throws IOException {
        try (Stream<Path> files = Files.walk(classes())) {
            return files.filter(file -> file.toString().endsWith(".class"))
                    .filter(file -> !file.toString().contains("launch"))
                    .toList();
        }
    }

    private static void writeJar(Path jar, Manifest manifest, List<Path> files) throws IOException {
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out, manifest)) {
            for (Path file : files) {
                String name = classes().relativize(file).toString().replace('\\', '/');
                entries.putNextEntry(new JarEntry(name));
                Files.copy(file, entries);
            }
        }
    }

    private static Path classes() {
        return ContractTable.target().resolve("classes");
    }
}
