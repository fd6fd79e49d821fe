package io.gangway.deploy;

import io.gangway.deploy.SettingSource.Kind;
import java.util.Collection;

/** Writes the document of settings, {@code docs/settings.md}. */
public final class SettingsDocument {
    private SettingsDocument() {}

    /**
     * The document: the sources of values, then a table row for each setting.
     *
     * @param settings in the order of the table
     * @return Markdown
     */
    public static String markdown(Collection<? extends Setting<?>> settings) {
        StringBuilder text = new StringBuilder();
        text.append("# Settings\n\nGenerated from the definitions in the code.\n\n")
                .append("Gangway uses the value from the first of these sources that has one:\n\n");
        int rank = 0;
        for (Kind kind : Kind.values()) {
            text.append(++rank).append(". ").append(kind.description());
            text.append(
                    kind == Kind.PORT
                            ? ", which names the port (`PORT=8000` is `--bind 0.0.0.0:8000`)\n"
                            : ", for example `" + kind.spell("gangway.development") + "`\n");
        }
        text.append(++rank)
                .append(". the default\n\n")
                .append(
                        "The command line, the files and `PORT` are read by the command `gangway` (see command-line.md); the init-param\n")
                .append(
                        "and the context-param belong to a servlet container. In each source, an unknown name with Gangway's prefix is an error, except for the\n")
                .append(
                        "variables that Kubernetes adds for a service named `gangway`. Durations are written with their\n")
                .append(
                        "unit (`500ms`, `30s`, `2m`, `1h`; at most a year, `8760h`), sizes in bytes or with one (`64K`, `10M`,\n")
                .append("`1G`, powers of 1024), lists with commas.\n\n")
                .append(
                        "| setting | environment | type | accepted | unit | default | meaning |\n|---|---|---|---|---|---|---|\n");
        for (Setting<?> setting : settings) {
            row(text, setting);
        }
        return text.toString();
    }

    private static void row(StringBuilder text, Setting<?> setting) {
        text.append("| `").append(setting.key());
        text.append("` | `").append(Kind.ENVIRONMENT.spell(setting.key()));
        text.append("` | ").append(setting.type());
        text.append(" | ").append(setting.expected());
        text.append(" | ").append(setting.unit());
        text.append(" | ").append(setting.defaultDescription().orElse(""));
        text.append(" | ").append(setting.meaning());
        for (String former : setting.formerNames()) {
            text.append(" Formerly `")
                    .append(Setting.PREFIX)
                    .append(former)
                    .append("`, which is accepted in this release.");
        }
        text.append(" |\n");
    }
}
