#!/bin/sh
# empty.sh KEYS: takes the keys of fill.sh away.
script="for i = tonumber(ARGV[1]), math.min(ARGV[1] + 4999, ARGV[2]) do redis.call('UNLINK', 'filling:' .. i) end"
from=1
while [ "$from" -le "$1" ]; do
  cli EVAL "$script" 0 "$from" "$1" >/dev/null
  from=$((from + 5000))
done
