export LC_ALL=C.UTF-8
CATALINA_OPTS="$CATALINA_OPTS -Dgangway.request-id=true"
