#!/bin/sh
# fill.sh KEYS BYTES: so many keys `filling:N` of so many bytes, made by the server itself, 5000 at a time.
set -eu
REDISCLI_AUTH=$(cat "$PASSWORD_FILE")
export REDISCLI_AUTH VALKEYCLI_AUTH="$REDISCLI_AUTH"
script="for i = tonumber(ARGV[1]), math.min(ARGV[1] + 4999, ARGV[2]) do
  redis.call('SET', 'filling:' .. i, string.rep('x', ARGV[3]))
end"
from=1
while [ "$from" -le "$1" ]; do
  "$ENGINE-cli" -e -h "$LOCAL" -p "$REDIS_PORT" EVAL "$script" 0 "$from" "$1" "$2" >/dev/null
  from=$((from + 5000))
done
