package io.gangway.deploy;

import static java.util.stream.Collectors.toUnmodifiableMap;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A place that values of settings come from: a snapshot of what stood there.
 *
 * <p>Immutable. What has nothing to do with Gangway, such as a servlet's other init-params, is left out.
 *
 * @param kind which place
 * @param values texts by the names that are written there: {@code gangway.request-timeout},
 *     {@code GANGWAY_REQUEST_TIMEOUT} or {@code --request-timeout}
 */
public record SettingSource(Kind kind, Map<String, String> values) {
    /** The kinds of places, strongest first: where two have a value, the earlier wins. */
    public enum Kind {
        /** {@code --request-timeout}. */
        COMMAND_LINE("command line option", "--"),
        /** {@code -Dgangway.request-timeout}. */
        SYSTEM_PROPERTY("system property", Setting.PREFIX),
        /** {@code GANGWAY_REQUEST_TIMEOUT}. */
        ENVIRONMENT("environment variable", "GANGWAY_"),
        /** An {@code <init-param>} of the servlet in web.xml, or its programmatic twin. */
        INIT_PARAM("servlet init-param", Setting.PREFIX),
        /** A {@code <context-param>} of the web application, or a parameter that the container gives it. */
        CONTEXT_PARAM("context-param", Setting.PREFIX);

        private final String description;
        private final String prefix;

        Kind(String description, String prefix) {
            this.description = description;
            this.prefix = prefix;
        }

        /**
         * The place in words.
         *
         * @return such as {@code system property}
         */
        public String description() {
            return description;
        }

        /**
         * How a key is written in this place.
         *
         * @param key with dots, such as {@code gangway.request-timeout}
         * @return such as {@code GANGWAY_REQUEST_TIMEOUT}
         */
        public String spell(String key) {
            String rest = key.substring(Setting.PREFIX.length());
            return prefix
                    + (this == ENVIRONMENT
                            ? rest.replace('-', '_').replace('.', '_').toUpperCase(Locale.ROOT)
                            : rest);
        }
    }

    /**
     * What Kubernetes adds to the environment of every container for a service named gangway, or gangway-something; it
     * must not be taken for settings. (Kubernetes documentation, "Service": environment variables.)
     */
    private static final Pattern SERVICE_LINK = Pattern.compile(
            "GANGWAY_(.*_)?" + "(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");

    private static final Pattern SERVICE_ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

    /** Copies what concerns Gangway. */
    public SettingSource {
        values = values.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(kind.prefix))
                .filter(entry -> kind != Kind.ENVIRONMENT || !isServiceLink(entry.getKey(), entry.getValue()))
                .collect(toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
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
