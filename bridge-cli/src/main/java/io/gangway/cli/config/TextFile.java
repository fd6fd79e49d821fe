package io.gangway.cli.config;

import io.gangway.deploy.DeploymentException;
import io.gangway.log.FileProblem;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads files that options name. */
final class TextFile {
    private TextFile() {}

    /**
     * Reads a file of UTF-8.
     *
     * @param option names the file, for messages
     * @throws DeploymentException if there is no such file, or it cannot be read
     */
    static String read(Path file, String option) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw DeploymentException.ofSetting(
                    option + ": there is no file " + file.toAbsolutePath() + ". Fix: name a file that exists");
        } catch (CharacterCodingException e) {
            throw DeploymentException.ofSetting(option + ": " + file + " is not UTF-8. Fix: save it as UTF-8");
        } catch (IOException e) {
            throw DeploymentException.ofSetting(option + ": " + file + " cannot be read: " + FileProblem.inWords(e)
                    + ". Fix: name a file that this user may read");
        }
    }
}
