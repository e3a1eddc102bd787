#!/bin/sh
# sockets.sh CONTAINER_ID: how many sockets the processes of that container hold open. Runs on its node, with the host's process ids.
set -eu
count=0
# A process may end while it is looked at: then its files are gone.
for cgroup in $(grep -l -e "$1" /proc/[0-9]*/cgroup 2>/dev/null || :); do
  for file in "${cgroup%/cgroup}"/fd/*; do
    case $(readlink "$file" 2>/dev/null || :) in socket:*) count=$((count + 1)) ;; esac
  done
done
echo "$count"
