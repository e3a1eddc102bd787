#!/bin/sh
# kill-at-hand-over.sh CONTAINER_ID PROGRAM SECONDS: SIGKILL to the process of that program in that container, so long after the
# pod's preStop hook has asked for a hand-over; gives up after 30 s.
# Runs on the container's node with the host's process ids; returns at once.
set -eu
container=$1
program=$2
delay=$3

found=
# A process may end while it is looked at: then its files are gone.
for cgroup in $(grep -l -e "$container" /proc/[0-9]*/cgroup 2>/dev/null || :); do
  process=${cgroup%/cgroup}
  command=$(tr '\000' ' ' 2>/dev/null <"$process/cmdline") || continue
  name=${command%% *}
  [ "${name##*/}" = "$program" ] || continue
  found=$process
done
[ -n "$found" ] || { echo "kill-at-hand-over.sh: no process '$program' in container $container on this node" >&2; exit 1; }

(
  rounds=3000
  while [ "$rounds" -gt 0 ] && [ ! -e "$found/root/run/redis-sentinel/hand-over.asked" ]; do
    rounds=$((rounds - 1))
    sleep 0.01
  done
  sleep "$delay"
  [ "$rounds" -eq 0 ] || kill -s KILL "${found#/proc/}"
) >/dev/null 2>&1 </dev/null &
