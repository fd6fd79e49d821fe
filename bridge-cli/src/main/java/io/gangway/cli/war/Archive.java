package io.gangway.cli.war;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A ZIP file whose bytes depend on its contents alone. */
final class Archive implements AutoCloseable {
    /** The time of all entries: the first that the format can tell, in local time as it stores it. */
    private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private final ByteArrayOutputStream memory = new ByteArrayOutputStream();
    private final ZipOutputStream zip;

    Archive() {
        zip = new ZipOutputStream(memory);
    }

    Archive(OutputStream target) {
        zip = new ZipOutputStream(target);
    }

    void add(String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(TIME);
        if (name.endsWith(".zip") || name.endsWith(".jar")) { // compressed already
            CRC32 checksum = new CRC32();
            checksum.update(content);
            entry.setMethod(ZipEntry.STORED);
            entry.setSize(content.length);
            entry.setCrc(checksum.getValue());
        }
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    /** Adds a file of any size, as it is: an archive is compressed already. */
    void add(String name, Path file) throws IOException {
        CRC32 checksum = new CRC32();
        try (InputStream content = new CheckedInputStream(Files.newInputStream(file), checksum)) {
            content.transferTo(OutputStream.nullOutputStream());
        }
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(TIME);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(Files.size(file));
        entry.setCrc(checksum.getValue());
        zip.putNextEntry(entry);
        Files.copy(file, zip);
        zip.closeEntry();
    }

    /** The whole archive, if it was made in memory. */
    byte[] toBytes() throws IOException {
        zip.close();
        return memory.toByteArray();
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
