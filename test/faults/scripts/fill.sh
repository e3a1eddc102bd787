#!/bin/sh
# fill.sh KEYS BYTES: so many keys `filling:N` of so many bytes, made by the server itself. No faster than the replicas can
# follow: one that is too far behind is disconnected, and copies everything anew.
step=$((5000000 / $2)) # 5 MB
script="for i = ARGV[1], math.min(ARGV[1] + $step - 1, ARGV[2]) do redis.call('SET', 'filling:' .. i, string.rep('x', ARGV[3])) end"
from=1
while [ "$from" -le "$1" ]; do
  printf 'EVAL "%s" 0 %s %s %s\nWAIT 2 30000\n' "$script" "$from" "$1" "$2" | cli >/dev/null
  from=$((from + step))
done
