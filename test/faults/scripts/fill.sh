#!/bin/sh
# fill.sh KEYS: so many keys of 200 bytes, made by the server itself.
set -eu
REDISCLI_AUTH=$(cat "$PASSWORD_FILE")
export REDISCLI_AUTH VALKEYCLI_AUTH="$REDISCLI_AUTH"
exec "$ENGINE-cli" -e -h "$LOCAL" -p "$REDIS_PORT" EVAL \
  "for i = 1, tonumber(ARGV[1]) do redis.call('SET', 'filling:' .. i, string.rep('x', 200)) end" 0 "$1"
