package io.gangway.cli.war;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.log.FileProblem;
import io.gangway.python.bundle.Bundle;
import io.gangway.python.supervisor.OwnTree;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Builds a WAR. The file is written beside its place and renamed, so that it is whole or not there. */
public final class WarBuilder {
    private static final String PREFIX = "gangway-war-";
    private static final String TEMP = System.getProperty("java.io.tmpdir");
    private static final String CONTEXT_XML = "<Context failCtxIfServletStartFails=\"true\"/>\n";
    private static final String MANIFEST = """
            Manifest-Version: 1.0
            Main-Class: io.gangway.cli.Gangway
            Multi-Release: true
            Implementation-Title: Gangway
            Implementation-Version: %s

            """;

    private final WarRequest request;
    private final PrintStream out;

    /**
     * Makes a builder.
     *
     * @param request what to build
     * @param out gets the progress
     */
    public WarBuilder(WarRequest request, PrintStream out) {
        this.request = request;
        this.out = out;
    }

    /**
     * Builds the file.
     *
     * @param version of Gangway
     * @throws WarException if it cannot be built; no half file is left
     * @throws InterruptedException if the thread is interrupted
     */
    public void build(String version) throws InterruptedException {
        try {
            build(OwnJar.running(), version);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** An exception that names a file is about one that was read: those that are written have been tried. */
    private WarException failed(IOException problem) {
        boolean isReading = problem instanceof FileSystemException named && named.getReason() == null;
        String message = isReading
                ? ((FileSystemException) problem).getFile() + " cannot be read: " + FileProblem.inWords(problem)
                        + ". Fix: let this user read it, or leave it out"
                : request.output() + " could not be written: " + FileProblem.inWords(problem)
                        + ". Fix: free some space there and in " + TEMP + ", or name a file elsewhere with -o";
        return new WarException(message + ". No half file is left", problem);
    }

    void build(OwnJar own, String version) throws IOException, InterruptedException {
        checkPlaces();
        Path work = Files.createTempDirectory(PREFIX);
        try {
            Packages packages = new Pip(request, out).packages(work);
            SourceFiles sources = sources(packages);
            Map<String, SourceFiles> statics = statics();
            Path bundle = bundle(sources, packages, statics, work.resolve("application.zip"));
            write(own, bundle, version);
            sources.leftOut().forEach(file -> out.println("Left out: " + file));
            statics.forEach(
                    (path, files) -> files.leftOut().forEach(file -> out.println("Left out of " + path + ": " + file)));
            out.println(
                    "Wrote " + request.output() + ": " + files(sources.files().size()) + " of the application, "
                            + files(packages.files().size()) + " of its packages"
                            + packages.version().map(it -> " for Python " + it).orElse(""));
            if (packages.isEmpty()) {
                out.println("It has no packages; --requirements FILE or --venv DIR adds them");
            }
        } finally {
            OwnTree.delete(work);
        }
    }

    /** Before packages are installed, which may take minutes. */
    private void checkPlaces() {
        Path target = request.output().toAbsolutePath().normalize();
        Path directory = target.getParent();
        if (directory == null || Files.isDirectory(target)) {
            throw new WarException("-o " + request.output() + ": it is a directory. Fix: name a file in it, such as "
                    + request.output().resolve("shop.war"));
        }
        if (!Files.isDirectory(directory)) {
            throw new WarException("-o " + request.output() + ": there is no directory " + directory
                    + ". Fix: create it, or name a file elsewhere");
        }
        tryToWrite(directory, "name a file elsewhere with -o");
        tryToWrite(Path.of(TEMP), "set JAVA_OPTS to -Djava.io.tmpdir=DIR, a directory that this user may write to");
    }

    private static void tryToWrite(Path directory, String fix) {
        try {
            Files.delete(Files.createTempFile(directory, "." + PREFIX, ".part"));
        } catch (IOException e) {
            throw new WarException(directory + " cannot be written to: " + FileProblem.inWords(e) + ". Fix: " + fix, e);
        }
    }

    private static String files(int count) {
        return count + (count == 1 ? " file" : " files");
    }

    private SourceFiles sources(Packages packages) throws IOException {
        SourceFiles sources = new SourceFiles(request.directory(), request.output());
        if (!request.includes().isEmpty()) {
            for (String include : request.includes()) {
                sources.add(include);
            }
            return sources;
        }
        String named = request.application().substring(request.application().indexOf(':') + 1);
        String place = named.split("[:#(]", 2)[0];
        boolean isFile = place.contains("/")
                || place.endsWith(".py")
                || request.application().startsWith("paste:");
        String module = isFile ? place : place.split("\\.", 2)[0];
        Optional<String> found = (isFile ? List.of(place) : List.of(module, module + ".py"))
                .stream()
                        .filter(name -> Files.exists(request.directory().resolve(name)))
                        .findFirst();
        if (found.isPresent()) {
            sources.add(found.get());
        } else if (!packages.has(module)) {
            throw new WarException("there is no " + (isFile ? "file " : "module ") + module + " in "
                    + request.directory().toAbsolutePath().normalize()
                    + ". Fix: run gangway war in the directory of the application, or name its files with --include");
        }
        return sources;
    }

    /** The static files, by the path below which they are served. */
    private Map<String, SourceFiles> statics() throws IOException {
        Map<String, SourceFiles> statics = new TreeMap<>();
        for (Map.Entry<String, Path> each : request.statics().entrySet()) {
            Path directory = request.directory().resolve(each.getValue());
            if (!Files.isDirectory(directory)) {
                throw new WarException("--static: there is no directory " + directory + " for " + each.getKey()
                        + ". Fix: create it, or correct the path");
            }
            SourceFiles files = new SourceFiles(directory, request.output());
            files.add(".");
            statics.put(each.getKey(), files);
        }
        return statics;
    }

    /** Written to a file, because packages may be larger than the heap. */
    private static Path bundle(SourceFiles sources, Packages packages, Map<String, SourceFiles> statics, Path target)
            throws IOException {
        String site = "lib/python" + packages.version().orElse("") + "/site-packages/";
        List<String> executables = new ArrayList<>();
        for (Map.Entry<String, Path> file : sources.files().entrySet()) {
            if (Files.isExecutable(file.getValue())) {
                executables.add(Bundle.CODE + "/" + file.getKey());
            }
        }
        try (Archive archive = new Archive(new BufferedOutputStream(Files.newOutputStream(target)))) {
            Map<String, String> places = new TreeMap<>();
            statics.keySet().forEach(path -> places.put(path, Bundle.STATIC + "/" + places.size()));
            archive.add(
                    Bundle.DESCRIPTION,
                    packages.description(site, executables, places).toBytes());
            for (Map.Entry<String, Path> file : sources.files().entrySet()) {
                archive.add(Bundle.CODE + "/" + file.getKey(), Files.readAllBytes(file.getValue()));
            }
            for (Map.Entry<String, SourceFiles> each : statics.entrySet()) {
                for (Map.Entry<String, Path> file : each.getValue().files().entrySet()) {
                    archive.add(places.get(each.getKey()) + "/" + file.getKey(), Files.readAllBytes(file.getValue()));
                }
            }
            for (String file : packages.files().keySet()) {
                archive.add(site + file, packages.content(file));
            }
        }
        return target;
    }

    private void write(OwnJar own, Path bundle, String version) throws IOException {
        Path target = request.output().toAbsolutePath();
        Path made = Files.createTempFile(target.getParent(), "." + target.getFileName() + ".", ".part");
        try {
            Map<String, String> settings = new TreeMap<>(request.settings());
            settings.put("gangway.application", request.application());
            try (Archive war = new Archive(new BufferedOutputStream(Files.newOutputStream(made)))) {
                war.add("META-INF/MANIFEST.MF", MANIFEST.formatted(version).getBytes(UTF_8));
                war.add("META-INF/context.xml", CONTEXT_XML.getBytes(UTF_8));
                war.add("WEB-INF/web.xml", WebXml.of(request.application(), settings));
                war.add("WEB-INF/lib/gangway-bridge.jar", own.bridge());
                war.add(Bundle.IN_WAR, bundle);
                for (Map.Entry<String, byte[]> entry : own.entries().entrySet()) {
                    war.add(entry.getKey(), entry.getValue());
                }
            }
            Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rw-r--r--"));
            Files.move(made, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(made);
        }
    }
}
