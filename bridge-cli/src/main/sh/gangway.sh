#!/bin/sh
# A program and a jar: Java reads the archive that follows these lines.
java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
if ! command -v "$java" >/dev/null 2>&1; then
    echo "gangway: there is no Java${JAVA_HOME:+ in JAVA_HOME, $JAVA_HOME}: install a Java 17 or later, or set JAVA_HOME to one" >&2
    exit 1
fi
# shellcheck disable=SC2086 # several options
exec "$java" ${JAVA_OPTS-} -jar "$0" "$@"
