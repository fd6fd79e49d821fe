CATALINA_OPTS="$CATALINA_OPTS -Dgangway.request-id=true"
