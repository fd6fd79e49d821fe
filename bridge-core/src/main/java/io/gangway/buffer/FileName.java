package io.gangway.buffer;

import java.nio.file.Path;

/**
 * A file by which another process can open a body.
 *
 * @param path its name, absolute if that of the directory is
 * @param device the file's device, {@code st_dev}, so that the other process can tell that it has opened the same file
 * @param inode likewise, {@code st_ino}
 */
public record FileName(Path path, long device, long inode) {}
