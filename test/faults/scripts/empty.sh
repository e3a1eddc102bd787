#!/bin/sh
# empty.sh KEYS: takes the keys of fill.sh away.
set -eu
IFS= read -r REDISCLI_AUTH <"$RUN_DIR/passwords"
export REDISCLI_AUTH VALKEYCLI_AUTH="$REDISCLI_AUTH"
script="for i = tonumber(ARGV[1]), math.min(ARGV[1] + 4999, ARGV[2]) do redis.call('UNLINK', 'filling:' .. i) end"
from=1
while [ "$from" -le "$1" ]; do
  "$ENGINE-cli" -e EVAL "$script" 0 "$from" "$1" >/dev/null
  from=$((from + 5000))
done
