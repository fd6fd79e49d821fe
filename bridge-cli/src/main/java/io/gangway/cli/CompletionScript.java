package io.gangway.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The script that completes commands, options and their values in bash, and in zsh with its emulation of bash's completion. */
final class CompletionScript {
    /** Values that are a choice, as the help shows them. */
    private static final Pattern CHOICE = Pattern.compile("[a-z-]+(\\|[a-z-]+)+");

    private static final Set<String> FILES = Set.of("FILE", "PROGRAM", "PATH", "PATH,...");
    private static final Set<String> DIRECTORIES = Set.of("DIR", "DIR,...");

    /** Its value is a part of a URL. */
    private static final String CONTEXT_PATH = "--context-path";

    /**
     * In bash the word --lint=fa is three words, in zsh it is one. Files are found without compgen, which in zsh does not look at the word that it is
     * given; and a completed word ends with a blank or, for a directory, with a slash, because the shells' own ways to add these differ.
     */
    private static final String SCRIPT = """
            # Completes gangway's words in bash and zsh: source <(gangway completion bash)
            if [ -n "${ZSH_VERSION-}" ]; then
                type compdef >/dev/null 2>&1 || { autoload -Uz compinit && compinit -i; }
                autoload -Uz bashcompinit && bashcompinit
            fi
            _gangway_options() {
                case $1 in
            %s    esac
            }
            _gangway_values() {
                case $1 in
            %s    esac
            }
            _gangway() {
                local command=${COMP_WORDS[1]} word=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD-1]} attached= prefix= values=
                COMPREPLY=()
                case $word in
                    =) attached=1 word= ;;
                    --*=*) attached=1 option=${word%%%%=*} prefix=${word%%%%=*}= word=${word#*=} ;;
                    *)
                        if [ "$option" = = ]; then
                            attached=1 option=${COMP_WORDS[COMP_CWORD-2]}
                        fi
                        ;;
                esac
                case $option in
                    -*)
                        values=$(_gangway_values "$option")
                        case $values in
                            attached*)
                                values=${values#attached}
                                [ -n "$attached" ] || values=
                                ;;
                        esac
                        ;;
                esac
                if [ -z "$values$attached" ]; then
                    if [ "$COMP_CWORD" -eq 1 ]; then
                        values="%s"
                    else
                        case $word in
                            -*) values=$(_gangway_options "$command") ;;
                            *) [ "$command" = completion ] && values="bash zsh" || values=file ;;
                        esac
                    fi
                fi
                case $values in
                    file) _gangway_files "$word" -e ;;
                    dir) _gangway_files "$word" -d ;;
                    *) _gangway_words "$word" "$values" ;;
                esac
                if [ -n "$prefix" ] && [ "${#COMPREPLY[@]}" -gt 0 ]; then
                    COMPREPLY=("${COMPREPLY[@]/#/$prefix}")
                fi
            }
            _gangway_words() {
                local each
                while read -r each; do
                    case $each in
                        "$1"*) COMPREPLY+=("$each ") ;;
                    esac
                done <<WORDS
            $(printf '%%s\\n' $2)
            WORDS
            }
            _gangway_files() {
                local real=$1 each end
                case $1 in
                    "~/"*) real=$HOME/${1#"~/"} ;;
                esac
                for each in "$real"*; do
                    [ "$2" "$each" ] || continue
                    if [ -d "$each" ]; then each=$each/ end=; else end=' '; fi
                    COMPREPLY+=("$1$(printf %%q "${each#"$real"}")$end")
                done
            }
            complete -o nospace -F _gangway gangway gangway.jar
            """;

    private CompletionScript() {}

    static String of(CommandLine gangway) {
        StringBuilder options = new StringBuilder();
        Map<String, List<String>> optionsByValues = new LinkedHashMap<>();
        gangway.getSubcommands().forEach((name, command) -> {
            List<OptionSpec> shown = shown(gangway, name, command);
            List<String> names = shown.stream()
                    .flatMap(option -> Stream.of(option.names()))
                    .filter(each -> each.startsWith("--"))
                    .toList();
            options.append("        ")
                    .append(name)
                    .append(") echo \"")
                    .append(String.join(" ", names))
                    .append("\" ;;\n");
            for (OptionSpec option : shown) {
                String values = values(option);
                if (!values.isEmpty()) {
                    List<String> same = optionsByValues.computeIfAbsent(values, each -> new ArrayList<>());
                    Stream.of(option.names())
                            .filter(each -> !same.contains(each))
                            .forEach(same::add);
                }
            }
        });
        StringBuilder values = new StringBuilder();
        optionsByValues.forEach((text, names) -> values.append("        ")
                .append(String.join(" | ", names))
                .append(") echo \"")
                .append(text)
                .append("\" ;;\n"));
        return SCRIPT.formatted(
                options, values, String.join(" ", gangway.getSubcommands().keySet()));
    }

    /** Former names are hidden. The doctor takes the options of a run, and does not show them. */
    private static List<OptionSpec> shown(CommandLine gangway, String name, CommandLine command) {
        List<OptionSpec> shown = new ArrayList<>(command.getCommandSpec().options());
        shown.removeIf(OptionSpec::hidden);
        CommandLine run = gangway.getSubcommands().get("run");
        if (name.equals("doctor") && run != null) {
            run.getCommandSpec().options().stream()
                    .filter(option ->
                            !option.hidden() && command.getCommandSpec().findOption(option.longestName()) != null)
                    .filter(option ->
                            shown.stream().noneMatch(it -> it.longestName().equals(option.longestName())))
                    .forEach(shown::add);
        }
        return shown;
    }

    /** The choices, {@code file}, {@code dir}, or nothing; after {@code attached} if only an equals sign may stand in front of the value. */
    private static String values(OptionSpec option) {
        String label = option.paramLabel();
        boolean isAttached = option.arity().min() == 0 && option.arity().max() > 0;
        String values = "";
        if (CHOICE.matcher(label).matches()) {
            values = label.replace('|', ' ');
        } else if (label.equals("BOOL")) {
            values = "true false";
        } else if (FILES.contains(label) && !option.longestName().equals(CONTEXT_PATH)) {
            values = "file";
        } else if (DIRECTORIES.contains(label)) {
            values = "dir";
        }
        return isAttached && !values.isEmpty() ? "attached" + values : values;
    }
}
