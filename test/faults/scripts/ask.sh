#!/bin/sh
# ask.sh COMMAND…: asks the Redis server of the pod, in a container of the topology.
set -eu
REDISCLI_AUTH=$(cat "$PASSWORD_FILE")
export REDISCLI_AUTH VALKEYCLI_AUTH="$REDISCLI_AUTH"
exec "$ENGINE-cli" -e -h "$LOCAL" -p "$REDIS_PORT" "$@"
