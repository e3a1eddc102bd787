#!/bin/sh
# redis-probe.sh startup | live | ready
#   startup  the server answers anything at all, or the guard waits
#   live     the same: a server that loads, or that lost its master, must not be killed for it
#   ready    it is master, or its link to the master is up and it is not loading
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"

# answers_at_all: any reply of the protocol, an error such as LOADING or MASTERDOWN included.
answers_at_all() {
  reply=$(ask "$LOCAL" "$REDIS_PORT" PING 2>/dev/null) || :
  case $reply in
    PONG | LOADING* | MASTERDOWN* | BUSY* | MISCONF* | NOAUTH* | WRONGPASS* | *ERR*) return 0 ;;
    *) return 1 ;;
  esac
}

case ${1:-} in
  startup | live)
    ! is_waiting redis-start || exit 0
    load_password
    answers_at_all
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
