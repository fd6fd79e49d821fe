package io.gangway.deploy;

import static java.util.stream.Collectors.toUnmodifiableMap;
import static java.util.stream.Collectors.toUnmodifiableSet;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A source of settings: a snapshot of its values.
 *
 * <p>Immutable. Values that are not for Gangway, for example a servlet's other init-params, are left out.
 *
 * @param kind the kind of source
 * @param values texts by the names that the source uses: {@code gangway.request-timeout},
 *     {@code GANGWAY_REQUEST_TIMEOUT} or {@code --request-timeout}
 * @param places where a value was found, by the same names, for example {@code gangway.toml, line 3}; needed for files only
 * @param forms how a value was written, by the same names, if the source has types and the value is no text
 */
public record SettingSource(
        Kind kind, Map<String, String> values, Map<String, String> places, Map<String, Form> forms) {
    /** How a source that has types wrote a value. */
    public enum Form {
        /** A text: the only form of most sources. Each setting is parsed from it. */
        TEXT("a text", "write a text in quotes"),
        /** A number, with or without a fraction. */
        NUMBER("a number", "write a text in quotes"),
        /** True or false. */
        BOOLEAN("a boolean", "write a text in quotes"),
        /** A date, a time, or both. */
        DATE("a date", "write a text in quotes"),
        /** A list of texts; the value joins them with commas. */
        LIST("a list", "write one value, without brackets"),
        /** A list with an element that is no text, is empty, or has a comma; the value is this element. */
        FAULTY_LIST("a list", "write one value, without brackets"),
        /** A table, which may be empty; the value is an empty text, and its entries are further values. */
        TABLE("a table", "write one value");

        private final String words;
        private final String fix;

        Form(String words, String fix) {
            this.words = words;
            this.fix = fix;
        }

        /** For a message: what was found. */
        String words() {
            return words;
        }

        /** For a message: what to do if another form was expected. */
        String fix() {
            return fix;
        }
    }

    /** The kinds of sources, in order of precedence: if two sources have a value, the first one is used. */
    public enum Kind {
        /** {@code --request-timeout}. */
        COMMAND_LINE("command line option", "--"),
        /** {@code -Dgangway.request-timeout}. */
        SYSTEM_PROPERTY("system property", Setting.PREFIX),
        /** {@code GANGWAY_REQUEST_TIMEOUT}. */
        ENVIRONMENT("environment variable", "GANGWAY_"),
        /** {@code GANGWAY_REQUEST_TIMEOUT=30s} in a file of environment variables. */
        ENV_FILE("env file", "GANGWAY_"),
        /** {@code request-timeout = "30s"} in the file that {@code --config} names. */
        CONFIG_FILE("config file", ""),
        /** The same in the table {@code [tool.gangway]} of {@code pyproject.toml}. */
        PYPROJECT("pyproject.toml", ""),
        /** The variable {@code PORT}, with which a platform says where it expects the server. */
        PORT("environment variable PORT", Setting.PREFIX),
        /** An {@code <init-param>} of the servlet in web.xml, or the same set in code. */
        INIT_PARAM("servlet init-param", Setting.PREFIX),
        /** A {@code <context-param>} of the web application, or a parameter that the container sets for it. */
        CONTEXT_PARAM("context-param", Setting.PREFIX);

        private final String description;
        private final String prefix;

        Kind(String description, String prefix) {
            this.description = description;
            this.prefix = prefix;
        }

        /**
         * The name of the kind for messages.
         *
         * @return for example {@code system property}
         */
        public String description() {
            return description;
        }

        /**
         * How a key is written in a source of this kind.
         *
         * @param key with dots, for example {@code gangway.request-timeout}
         * @return for example {@code GANGWAY_REQUEST_TIMEOUT}
         */
        public String spell(String key) {
            String name = key.substring(Setting.PREFIX.length());
            return prefix
                    + (this == ENVIRONMENT || this == ENV_FILE
                            ? name.replace('-', '_').replace('.', '_').toUpperCase(Locale.ROOT)
                            : name);
        }
    }

    /**
     * Variables that Kubernetes adds to the environment of every container for a service named gangway, or gangway-something;
     * they must not be read as settings. (Kubernetes documentation, "Service": environment variables.)
     */
    private static final Pattern SERVICE_LINK = Pattern.compile(
            "GANGWAY_(.*_)?" + "(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");

    private static final Pattern SERVICE_ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

    /** Copies the values that are for Gangway. */
    public SettingSource {
        values = values.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(kind.prefix))
                .filter(entry -> kind != Kind.ENVIRONMENT || !isServiceLink(entry.getKey(), entry.getValue()))
                .collect(toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
        places = Map.copyOf(places);
        forms = Map.copyOf(forms);
    }

    /**
     * A source whose values are all texts.
     *
     * @param kind the kind of source
     * @param values texts by the names that the source uses
     * @param places where a value was found, by the same names
     */
    public SettingSource(Kind kind, Map<String, String> values, Map<String, String> places) {
        this(kind, values, places, Map.of());
    }

    /**
     * A source whose values need no further place than their name.
     *
     * @param kind the kind of source
     * @param values texts by the names that the source uses
     */
    public SettingSource(Kind kind, Map<String, String> values) {
        this(kind, values, Map.of(), Map.of());
    }

    /**
     * The same source without all other settings: some settings decide which others are known.
     *
     * @param setting no map
     * @return a source with one value at most, or with one for each name that the setting has or had
     */
    public SettingSource only(Setting<?> setting) {
        Map<String, String> kept = new HashMap<>(values);
        kept.keySet().retainAll(setting.lookupKeys().stream().map(kind::spell).collect(toUnmodifiableSet()));
        return new SettingSource(kind, kept, places, forms);
    }

    /** How a value was written. */
    Form form(String name) {
        return forms.getOrDefault(name, Form.TEXT);
    }

    /** Describes where a value comes from: {@code servlet init-param}, {@code environment variable GANGWAY_LINT}, {@code gangway.toml, line 3}. */
    String origin(String key, String name) {
        String place = places.get(name);
        if (place != null) {
            return place;
        }
        return name.equals(key) ? kind.description() : kind.description() + " " + name;
    }

    /**
     * The options of a command line.
     *
     * @param options texts by {@code --name}
     * @return the strongest source
     */
    public static SettingSource commandLine(Map<String, String> options) {
        return new SettingSource(Kind.COMMAND_LINE, options);
    }

    /**
     * This JVM's system properties, as they are now.
     *
     * @return the source
     */
    public static SettingSource systemProperties() {
        return new SettingSource(
                Kind.SYSTEM_PROPERTY,
                System.getProperties().stringPropertyNames().stream()
                        .filter(name -> name.startsWith(Setting.PREFIX))
                        .collect(toUnmodifiableMap(name -> name, name -> System.getProperty(name, ""))));
    }

    /**
     * This process's environment.
     *
     * @return the source
     */
    public static SettingSource environment() {
        return new SettingSource(Kind.ENVIRONMENT, System.getenv());
    }

    /**
     * A servlet's init-params.
     *
     * @param params all of them; those that do not start with {@code gangway.} are left out
     * @return the source
     */
    public static SettingSource initParams(Map<String, String> params) {
        return new SettingSource(Kind.INIT_PARAM, params);
    }

    /**
     * A web application's context-params.
     *
     * @param params all of them; those that do not start with {@code gangway.} are left out
     * @return the weakest source
     */
    public static SettingSource contextParams(Map<String, String> params) {
        return new SettingSource(Kind.CONTEXT_PARAM, params);
    }

    private static boolean isServiceLink(String name, String value) {
        return SERVICE_LINK.matcher(name).matches()
                || (name.endsWith("_PORT") && SERVICE_ADDRESS.matcher(value).matches());
    }
}
