#!/bin/sh
# A program and a jar: Java reads the archive that follows these lines. docs/command-line.md, "The JVM", describes the options and the class data.
set -f
case $0 in
    /*) jar=$0 ;;
    *) jar=$PWD/$0 ;;
esac
own=
if [ "${1-}" = --java-program ]; then # how the Python package starts it: the program, and an option or nothing
    java=$2 own=$3
    shift 3
else
    java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
    if ! command -v "$java" >/dev/null 2>&1; then
        where=": JAVA_HOME is not set, and no directory of PATH has a java"
        [ -z "${JAVA_HOME-}" ] || where=" in JAVA_HOME, $JAVA_HOME"
        echo "gangway: there is no Java$where. Fix: install a Java 17 or later, or set JAVA_HOME to one" >&2
        exit 1
    fi
fi

# An old Java would say "UnsupportedClassVersionError". Its version is in a file, which costs no time; Java 8 may have the file beside its jre.
home=$(readlink -f "$(command -v "$java")" 2>/dev/null)
home=${home%/bin/java}
version=
for file in "$home/release" "${home%/jre}/release"; do
    [ -z "$version" ] && [ -r "$file" ] || continue
    while IFS='="' read -r name _ value _; do
        [ "$name" != JAVA_VERSION ] || version=$value
    done <"$file"
done
feature=${version%%[!0-9]*}
if [ "${feature:-17}" -lt 17 ]; then
    echo "gangway: $java is Java $version, and Gangway needs Java 17 or later. Fix: install one, or set JAVA_HOME to one" >&2
    exit 1
fi
given=" ${JAVA_OPTS-} ${JDK_JAVA_OPTIONS-} ${JAVA_TOOL_OPTIONS-} "

# A user's choice of collector or heap replaces ours as a whole: two collectors are an error. A Java application lives in the heap, so it gets Java's defaults.
heap='-XX:+UseSerialGC -Xms16m -Xmn8m -Xmx512m'
case "$given" in
    *' -Xm'[nsx]* | *' -XX:'*HeapSize=* | *' -XX:'*RAM* | *' -XX:'*NewSize* | *' -XX:+Use'*GC* | *' -XX:Flags='*) heap= ;;
esac
# A server without memory for its own threads serves nobody: whoever watches it starts it again.
exhausted=-XX:+ExitOnOutOfMemoryError
case "$given" in *[+-]ExitOnOutOfMemoryError* | *[+-]CrashOnOutOfMemoryError*) exhausted= ;; esac
# Jetty lists all of Java's locales, and loads the data of a thousand for it.
locales=SPI
case " ${GANGWAY_APPLICATION-} $* " in
    *' class:'*) heap= exhausted= locales=CLDR ;;
esac

# Half of a start's CPU time is the compilers': they wait until code has run three times as often. In development requests are few and code is
# new each time: the second compiler would not be done before the next change.
compiler=
case "${1-} $given" in
    *Tier* | *CompileThreshold* | *' -Xint '*) ;;
    dev\ *) compiler=-XX:TieredStopAtLevel=1 ;;
    *)
        compiler=-XX:CompileThresholdScaling=3
        case " ${GANGWAY_RELOAD-} $* " in
            ' watch '* | *' --reload '* | *' --reload=watch '*) compiler=-XX:TieredStopAtLevel=1 ;;
        esac
        ;;
esac

# The class data is code: it is used only from a directory of this user that is closed to all others.
data= make= compiled=
class_data() {
    cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
    case $cache in /*) ;; *) return ;; esac
    case "$given" in *Archive* | *' -Xshare'* | *' -XX:AOT'* | *' -javaagent'* | *' -agent'* | *' --patch-module'* | *' -Xbootclasspath'*) return ;; esac
    [ -r "$home/release" ] && [ -n "$feature" ] || return
    cache=$cache/gangway
    [ -d "$cache" ] || mkdir -p -m 700 "$cache" || return
    [ -O "$cache" ] && [ ! -L "$cache" ] || return
    case $(ls -ldn "$cache") in drwx------*) ;; *) return ;; esac
    compiled=-Dio.gangway.python.compiled=$cache
    # The JVM itself refuses data of another build, but not always that of another jar.
    place=$(printf %s "$jar" | cksum) || return
    key=$({ printf '%s\n' @jar.checksum@ "$home" "$heap" && cat "$home/release" && LC_ALL=C ls -lnL "$jar"; } | cksum) || return
    data=$cache/${place%% *}-${key%% *}.data
    if [ -f "$data" ] && [ -O "$data" ] && [ ! -L "$data" ]; then
        [ "$feature" -ge 25 ] && data=-XX:AOTCache=$data || data=-XX:SharedArchiveFile=$data
    else
        [ -e "$data.failed" ] || make=-Dio.gangway.cli.class-data=$data
        data=
    fi
}
class_data 2>/dev/null

# Java reads arguments, paths and variables in the locale's charset, and has no option for another one.
case "${LC_ALL:-${LC_CTYPE:-${LANG-}}}" in
    *[Uu][Tt][Ff]-8* | *[Uu][Tt][Ff]8*) ;;
    *) if [ -n "${LC_ALL-}" ]; then export LC_ALL=C.UTF-8; else export LC_CTYPE=C.UTF-8; fi ;;
esac
# systemd passes a listening socket as descriptor 3 (sd_listen_fds(3)); a JVM can take one as standard input only.
if [ "${LISTEN_FDS-}" = 1 ] && [ "${LISTEN_PID-}" = $$ ] && { true <&3; } 2>/dev/null; then exec <&3 3<&-; fi
# shellcheck disable=SC2086 # several options
set -- ${JAVA_OPTS-} -jar "$jar" "$@"
# shellcheck disable=SC2086
exec "$java" $heap $exhausted $compiler -Dorg.eclipse.jetty.util.referencesPerCacheLine=16 -Djava.locale.providers=$locales \
    ${data:+"$data"} ${make:+"$make"} ${compiled:+"$compiled"} ${own:+"$own"} ${data:+-Xlog:cds=off} ${data:+-Xlog:class+path=off} "$@"
