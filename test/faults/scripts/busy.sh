#!/bin/sh
# busy.sh LOOPS SECONDS: so many loops that take all the processor they get, for so long.
set -eu
loops=$1
pids=
while [ "$loops" -gt 0 ]; do
  while :; do :; done &
  pids="$pids $!"
  loops=$((loops - 1))
done
sleep "$2"
# shellcheck disable=SC2086 # a list is words
kill $pids
