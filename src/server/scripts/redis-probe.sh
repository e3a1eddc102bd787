#!/bin/sh
# redis-probe.sh startup | live | ready
#   startup  the server answers anything at all, or the guard waits
#   live     the same: a server that loads, or that lost its master, must not be killed for it
#   ready    it is master, or its link to the master is up and it is not loading
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"

case ${1:-} in
  startup | live)
    ! is_waiting redis-start || exit 0
    load_password
    replies "$LOCAL" "$REDIS_PORT"
    ;;
  ready)
    load_password
    state=$(ask_server "$LOCAL" INFO replication | tr -d '\r') || exit 1
    case $state in
      *role:master*) ;;
      *master_link_status:up*) case $state in *master_sync_in_progress:1*) exit 1 ;; esac ;;
      *) exit 1 ;;
    esac
    loading=$(ask_server "$LOCAL" INFO persistence | field loading) || exit 1
    [ "$loading" = 0 ]
    ;;
  *) fail "usage: redis-probe.sh startup | live | ready, got '${1:-}'" ;;
esac
