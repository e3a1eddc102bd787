#!/bin/sh
# signal.sh CONTAINER_ID PROGRAM SIGNAL: sends the signal to the processes of that program in that container.
# Runs on the container's node with the host's process ids: a container's process 1 cannot be killed from within.
set -eu
container=$1
program=$2
signal=$3

found=
# A process may end while it is looked at: then its files are gone.
for cgroup in $(grep -l -e "$container" /proc/[0-9]*/cgroup 2>/dev/null || :); do
  process=${cgroup%/cgroup}
  # By the name under which it was started: its main thread may have taken another one, as Node's does.
  command=$(tr '\000' ' ' 2>/dev/null <"$process/cmdline") || continue
  name=${command%% *}
  [ "${name##*/}" = "$program" ] || continue
  kill -s "$signal" "${process#/proc/}" 2>/dev/null || continue
  found="$found ${process#/proc/}"
done
[ -n "$found" ] || { echo "signal.sh: no process '$program' in container $container on this node" >&2; exit 1; }
echo "sent $signal to$found" >&2
