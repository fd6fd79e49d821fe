package io.gangway.docs;

import io.gangway.deploy.CoreSettings;
import io.gangway.deploy.Setting;
import io.gangway.deploy.SettingsDocument;
import io.gangway.python.PythonSettings;
import io.gangway.servlet.ServletSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SettingsDocumentTest {
    @Test
    void the_document_says_what_the_definitions_say() {
        List<Setting<?>> all = new ArrayList<>(CoreSettings.all());
        all.addAll(ServletSettings.all());
        all.addAll(PythonSettings.all());

        GeneratedDocument.assertUpToDate(Path.of("docs/settings.md"), SettingsDocument.markdown(all));
    }
}
