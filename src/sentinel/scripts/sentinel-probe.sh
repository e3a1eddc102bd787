#!/bin/sh
# sentinel-probe.sh ready | live
#   ready  it names a master. Not CKQUORUM: that would take the last Sentinels away from clients in the very crisis.
#   live   it answers, or it is still waiting to start.
# shellcheck source=../../server/scripts/lib.sh
. "${0%/*}/lib.sh"

case ${1:-} in
  ready)
    load_password
    [ -n "$(ask_sentinel "$LOCAL" SENTINEL GET-MASTER-ADDR-BY-NAME "$MASTER_NAME")" ]
    ;;
  live)
    ! is_waiting sentinel-start || exit 0
    load_password
    replies "$LOCAL" "$SENTINEL_PORT"
    ;;
  *) fail "usage: sentinel-probe.sh ready | live, got '${1:-}'" ;;
esac
