#!/bin/sh
# starve.sh CONTAINER_ID PROGRAM SECONDS: lets the processes of that name in that container run for 50 ms in each second, as
# a CPU limit far too tight does. Runs on the container's node with the host's process ids; returns at once.
set -eu
container=$1
program=$2
seconds=$3

pids=
for cgroup in $(grep -l -e "$container" /proc/[0-9]*/cgroup 2>/dev/null || :); do
  process=${cgroup%/cgroup}
  command=$(tr '\000' ' ' 2>/dev/null <"$process/cmdline") || continue
  name=${command%% *}
  [ "${name##*/}" = "$program" ] || continue
  pids="$pids ${process#/proc/}"
done
[ -n "$pids" ] || { echo "starve.sh: no process '$program' in container $container on this node" >&2; exit 1; }

(
  rounds=$seconds
  while [ "$rounds" -gt 0 ]; do
    # shellcheck disable=SC2086 # a list is words
    kill -s STOP $pids 2>/dev/null || break
    sleep 0.95
    # shellcheck disable=SC2086 # a list is words
    kill -s CONT $pids 2>/dev/null || break
    sleep 0.05
    rounds=$((rounds - 1))
  done
) >/dev/null 2>&1 </dev/null &
