#!/bin/sh
# ask-sentinel.sh COMMAND…: the same of the pod's Sentinel.
set -eu
IFS= read -r REDISCLI_AUTH <"$RUN_DIR/passwords"
export REDISCLI_AUTH VALKEYCLI_AUTH="$REDISCLI_AUTH"
exec "$ENGINE-cli" -e -p 26379 "$@"
