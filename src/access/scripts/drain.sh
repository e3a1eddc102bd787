#!/bin/sh
# drain.sh STAY LEAVE: the preStop hook of a proxy. For STAY seconds more it takes new connections, since it takes the
# nodes that long to hear that it goes; then only those that are open go on. HAProxy ends with the last of them, and so
# does this hook; LEAVE seconds later it is stopped in any case.
set -eu

sleep "$1"
# HAProxy is the container's first process. SIGUSR1 is its soft stop.
kill -USR1 1
sleep "$2"
