package io.gangway.cli;

import io.gangway.cli.config.SettingOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The options of the servers that users come from, and what Gangway has for each: hints of the command line, and the tables in {@code docs/from-gunicorn.md}.
 *
 * <p>A note's first clause is the hint.
 */
enum OtherServers {
    GUNICORN("gunicorn", """
            -b, --bind | -b, --bind | a port without a host, `:8000`, is all addresses
            PORT in the environment | the same |
            -w, --workers | -w, --workers | by default as many as processors, in place of 1. `WEB_CONCURRENCY` is not read: set `GANGWAY_WORKERS`
            --threads | --threads | 4 by default, in place of 1. An application that is not thread-safe needs `--threads 1`
            -k, --worker-class | none | workers have threads, or an event loop if the application is ASGI, which is recognised. With gevent or eventlet see [recipes.md](recipes.md#gevent)
            --worker-connections, --backlog | --queue-size | requests that wait for a worker; further ones are answered 503
            -t, --timeout (30 s) | --request-timeout (1 m) | it is about one request: its client gets 504, the log has the stacks, and other requests of the worker may finish. A stream may take longer, if blocks of it keep coming
            --graceful-timeout (30 s) | --graceful-timeout (25 s) | with its unit, as all times
            --keep-alive (2 s) | --idle-timeout (75 s) |
            --max-requests, --max-requests-jitter | --max-requests, --max-requests-jitter | the new worker is ready before the old one ends
            --preload | --preload | HUP loads new code all the same
            --reload | --reload | `gangway dev` is a server for development
            --reload-engine, --reload-extra-file | none | all Python files of `--python-path` are watched
            -c, --config gunicorn.conf.py | --config gangway.toml | TOML, not Python
            GUNICORN_CMD_ARGS | GANGWAY_WORKERS, … | one variable for each setting
            --check-config, --print-config | --check, --print-config | the check loads the application
            --chdir, -e, --env | --chdir, -e, --env |
            --pythonpath | --python-path | the working directory is in it by default
            -p, --pid | --pid-file |
            -m, --umask | --bind-mode, --bind-group | for the socket; otherwise the umask of the process
            -D, --daemon | none | a service manager starts it in the background: [deploy-systemd.md](deploy-systemd.md)
            -n, --name | none | `ps` shows the application's name
            --access-logfile - | --access-log=FILE | without `=FILE` to standard output
            --access-logformat | --access-log-format | the same atoms, and the names `common`, `combined` and `json`
            --log-level | --log-level | `debug`, `info`, `warning` or `error`
            --error-logfile, --log-file | none | the log goes to standard error: `2>FILE`, or systemd's journal. `--log-format` changes its form
            --log-config, --log-config-dict, --log-config-json, --logger-class, --capture-output | none | the application configures Python's `logging`; all that it prints is in the log ([python.md](python.md#logs))
            -R, --enable-stdio-inheritance, --log-syslog, --log-syslog-to, --log-syslog-prefix | none | all that the application prints is in the log
            --forwarded-allow-ips (127.0.0.1) | --trusted-proxies (nobody) | sets the client's address as well as the scheme; `unix` for a Unix socket. `--trusted-headers` names the headers
            --secure-scheme-headers, --forwarder-headers | --trusted-headers | the headers that the proxy sets
            --certfile, --keyfile, --ca-certs | --cert, --key, --client-ca | with HTTP/2; HUP takes a renewed certificate up. `--redirect-http` redirects plain HTTP
            --cert-reqs | --client-ca | with it each client needs a certificate
            --ssl-version, --ciphers | none | TLS 1.2 and 1.3, with the JVM's ciphers; its security properties choose others
            -u, --user, -g, --group | --user, --group | of the workers; the JVM keeps the user that started it
            --initgroups | none | `--user` has all groups of the user
            none | --static /static=DIR | files without a worker
            --limit-request-line, --limit-request-fields, --limit-request-field_size | --request-header-limit | line and headers together
            --paste production.ini | paste:production.ini | in place of the application's name
            --worker-tmp-dir | none | there is no heartbeat file; large bodies are in `--buffer-directory`
            --no-sendfile | none | the server sends files itself
            --reuse-port | none | one process listens on an address
            --statsd-host, --statsd-prefix, --dogstatsd-tags | none | [recipes.md](recipes.md#prometheus) has metrics for Prometheus
            --proxy-protocol, --proxy-allow-from | none | let the proxy send X-Forwarded-For, and name it in `--trusted-proxies`
            """),

    UVICORN("uvicorn", """
            --host | --bind HOST:PORT | `--port` alone is 127.0.0.1
            --uds | --bind unix:PATH |
            --fd | none | systemd's socket is taken without an option: [command-line.md](command-line.md#systemd)
            --app-dir | --python-path |
            --loop | none | uvloop is used if it is installed
            --http, --ws | none | HTTP and WebSockets are the server's
            --http2 | none | HTTP/2 is always spoken
            --reset-contextvars | none | each request has a context of its own
            --ws-max-size | --ws-max-message | 16 MiB by default, as in uvicorn
            --ws-ping-interval, --ws-ping-timeout | --ws-ping-interval, --ws-ping-timeout | with their unit, as all times: `20s`
            --ws-per-message-deflate | none | messages are compressed if the client offers it
            --interface | --interface | `auto`, `wsgi` or `asgi`. An application of ASGI 2 is refused
            --root-path | --context-path |
            --proxy-headers, --no-proxy-headers, --forwarded-allow-ips | --trusted-proxies | names the proxies; nobody is believed by default
            --ssl-certfile, --ssl-keyfile, --ssl-ca-certs | --cert, --key, --client-ca |
            --ssl-keyfile-password | none | the key has no password, as `openssl pkey -in KEY -out NEW` writes it
            --ssl-cert-reqs | --client-ca | with it each client needs a certificate
            --ssl-version, --ssl-ciphers | none | TLS 1.2 and 1.3, with the JVM's ciphers; its security properties choose others
            --limit-concurrency | --asgi-concurrency | of each worker; further requests wait, as many as `--queue-size` says, before they are answered 503
            --limit-max-requests | --max-requests | its worker is replaced
            --limit-max-requests-jitter | --max-requests-jitter |
            --timeout-keep-alive | --idle-timeout | with its unit, as all times
            --timeout-graceful-shutdown | --graceful-timeout | with its unit, as all times
            --timeout-worker-healthcheck | --request-timeout | how long an event loop may hang
            --reload-dir, --reload-include, --reload-exclude, --reload-delay | none | all Python files of `--python-path` are watched
            --no-access-log | none | there is no access log without `--access-log`
            --use-colors, --no-use-colors | none | the log has no colours
            --server-header, --no-server-header, --date-header, --no-date-header, --header | none | the application sets headers
            --h11-max-incomplete-event-size | --request-header-limit | line and headers together
            """);

    private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--?[A-Za-z][A-Za-z0-9_-]*");
    private static final Pattern LINK = Pattern.compile("\\[[^]]*]\\(([^)#]*)[^)]*\\)");
    private static final Pattern DEFAULT = Pattern.compile(" \\([^)]*\\)$");
    private static final String NONE = "none";

    /**
     * One line of a table.
     *
     * @param theirs options of the other server, separated by commas; each may have a value, and the last one its default in brackets
     * @param ours the same of Gangway, or none
     * @param note the difference, in Markdown
     */
    private record Row(String theirs, String ours, String note) {
        static Row of(String line) {
            String[] cells = line.split("\\s*\\|\\s*", -1);
            return new Row(cells[0], cells[1], cells[2]);
        }

        boolean names(String option) {
            return options(theirs).anyMatch(option::equals);
        }

        /** Of several options of one kind, the one at the same place. */
        private String counterpart(String option) {
            List<String> all = options(theirs).filter(it -> it.startsWith("--")).toList();
            List<String> own = List.of(ours.split(", "));
            int place = all.indexOf(option);
            return own.size() == all.size() && place >= 0 ? own.get(place) : ours.replace(", ", " or ");
        }

        String hint(String option) {
            String clause = SettingOptions.firstClause(
                    LINK.matcher(note).replaceAll("docs/$1").replace("`", ""));
            return (ours.equals(NONE)
                            ? "leave it out"
                            : "write " + DEFAULT.matcher(counterpart(option)).replaceAll(""))
                    + (clause.isEmpty() ? "" : ": " + clause);
        }

        String markdown() {
            return "| " + quoted(theirs) + " | " + quoted(ours) + " | " + note + (note.isEmpty() ? "" : " ") + "|\n";
        }

        private static String quoted(String cell) {
            if (cell.equals(NONE) || cell.equals("the same")) {
                return cell;
            }
            String value = DEFAULT.matcher(cell).replaceAll("");
            String tail = cell.substring(value.length());
            int words = value.indexOf(" in the ");
            return words < 0
                    ? ("`" + value.replace(", ", "`, `") + "`").replace("`…`", "…") + tail
                    : "`" + value.substring(0, words) + "`" + value.substring(words);
        }

        private static Stream<String> options(String cell) {
            return OPTION.matcher(cell).results().map(MatchResult::group);
        }
    }

    private final String title;
    private final String table;

    OtherServers(String title, String table) {
        this.title = title;
        this.table = table;
    }

    private Stream<Row> rows() {
        return table.lines().map(Row::of);
    }

    /**
     * What to do about an option that Gangway does not have.
     *
     * @param written an argument, for example {@code --timeout=30}
     * @return empty if no other server has it
     */
    static Optional<String> hint(String written) {
        String option =
                written.startsWith("--") || written.length() < 3 ? written.split("=", 2)[0] : written.substring(0, 2);
        return Arrays.stream(values())
                .flatMap(server -> server.rows())
                .filter(row -> row.names(option))
                .findFirst()
                .map(row -> row.hint(option));
    }

    String title() {
        return title;
    }

    /** The table in Markdown. */
    String markdown() {
        StringBuilder markdown = new StringBuilder("| " + title + " | Gangway | difference |\n|---|---|---|\n");
        rows().forEach(row -> markdown.append(row.markdown()));
        return markdown.toString();
    }

    /** All options of Gangway that the table names. */
    List<String> own() {
        return rows().flatMap(row -> Row.options(row.ours())).toList();
    }
}
