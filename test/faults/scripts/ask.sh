#!/bin/sh
# ask.sh COMMAND…: asks the Redis server of the pod, in a container of the engine.
set -eu
IFS= read -r REDISCLI_AUTH <"$RUN_DIR/passwords"
export REDISCLI_AUTH VALKEYCLI_AUTH="$REDISCLI_AUTH"
exec "$ENGINE-cli" -e "$@"
