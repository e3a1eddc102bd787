#!/bin/sh
# ask-sentinel.sh COMMAND…: the same of the pod's Sentinel.
set -eu
REDISCLI_AUTH=$(cat "$PASSWORD_FILE")
export REDISCLI_AUTH VALKEYCLI_AUTH="$REDISCLI_AUTH"
exec "$ENGINE-cli" -e -h "$LOCAL" -p "$SENTINEL_PORT" "$@"
