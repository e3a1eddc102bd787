# What every script of a pod shares: how it logs, where the others are, how it asks them.
# A script knows its world through its environment alone (paths, names, ports, limits), so the same bytes run in a pod
# and on a plain machine. Everything that reaches a server goes through `ask`: port, password and time limit stand here.
# shellcheck shell=sh disable=SC2034 # what it sets is for the scripts that source it

set -eu
umask 077 # what is rendered holds the password
# Process 1 of a container ignores a signal that it has no handler for: without this a waiting script would sit out the
# whole grace period.
trap 'exit 143' TERM INT

# shellcheck source=password.sh
. "${0%/*}/password.sh"

PROGRAM=${0##*/}
PROGRAM=${PROGRAM%.sh}
ORDINAL=${POD_NAME##*-}
ASK_SECONDS=1 # a server that answers later than this is as good as gone to whoever must decide now

# say DECISION DETAIL…: one line per decision, in the form `time program decision detail`.
say() {
  printf '%s %s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$PROGRAM" "$*" >&2
}

# fail WHAT: says what is wrong and how to mend it, and ends the program.
fail() {
  say "error $*"
  exit 1
}

# now: seconds since 1970.
now() {
  date +%s
}

# nth INDEX WORD…: the word at that index, counted from 0; nothing where there is none.
nth() {
  shift "$(($1 + 1))" 2>/dev/null || return 0
  printf '%s\n' "${1:-}"
}

# count WORD…: how many words.
count() {
  printf '%s\n' "$#"
}

# waiting REASON: leaves word for the probes (a waiting program is alive) and says a new reason once, an old one every 30 s.
WAITING_FILE=$RUN_DIR/$PROGRAM.waiting
WAITING_REASON=
WAITING_SAID=0
waiting() {
  at=$(now)
  printf '%s %s\n' "$at" "$*" >"$WAITING_FILE"
  if [ "$*" != "$WAITING_REASON" ] || [ "$((at - WAITING_SAID))" -ge 30 ]; then
    say "waiting $*"
    WAITING_REASON=$*
    WAITING_SAID=$at
  fi
}

# is_waiting PROGRAM: it said within the last 15 s that it waits.
is_waiting() {
  said=$(cut -d ' ' -f 1 "$RUN_DIR/$1.waiting" 2>/dev/null) || return 1
  [ "$(($(now) - ${said:-0}))" -lt 15 ]
}

# writable DIRECTORY: makes it, and makes sure that there is room in it: 64 KiB, as a file's first byte may still fit
# where nothing else does.
writable() {
  if mkdir -p "$1" 2>/dev/null && head -c 65536 /dev/zero 2>/dev/null >"$1/.room"; then
    rm -f "$1/.room"
  else
    rm -f "$1/.room" 2>/dev/null || :
    fail "volume: $1 cannot be written by uid $(id -u): it is read-only, full, or lacks fsGroup; nothing was started"
  fi
}

# quoted TEXT: the text as one quoted word of a Redis configuration file, or of a command on redis-cli's standard input.
quoted() {
  printf '"%s"' "$(printf '%s' "$1" | sed 's/[\\"]/\\&/g')"
}

# ask HOST PORT COMMAND…: the raw answer; fails without an answer in ASK_SECONDS, and for an answer that is an error. Where
# there are two passwords, whoever refuses the first is asked with the second. (A command on standard input is for this
# pod's own server or Sentinel, which accept the first.)
ask() {
  if [ -z "$OTHER_PASSWORD" ]; then
    ask_with "$PASSWORD" "$@"
  elif ! { refusal=$(ask_with "$PASSWORD" "$@" 2>&1 >&3); } 3>&1; then
    case $refusal in
      *WRONGPASS* | *NOAUTH*) ask_with "$OTHER_PASSWORD" "$@" ;;
      *)
        printf '%s\n' "$refusal" >&2
        return 1
        ;;
    esac
  fi
}

# ask_with PASSWORD HOST PORT COMMAND…
ask_with() {
  auth=$1
  host=$2
  port=$3
  shift 3
  REDISCLI_AUTH=$auth VALKEYCLI_AUTH=$auth timeout "$ASK_SECONDS" "$ENGINE-cli" -e -h "$host" -p "$port" "$@"
}

# replies HOST PORT: there is a reply of any kind. LOADING, MASTERDOWN, MISCONF, BUSY, and NOAUTH or WRONGPASS while a new
# password is on its way, all come from a server that lives; redis-cli tells them on standard error.
replies() {
  reply=$(ask "$1" "$2" PING 2>&1) || :
  case $reply in
    *PONG* | *LOADING* | *MASTERDOWN* | *MISCONF* | *BUSY* | *NOAUTH* | *WRONGPASS* | *NOPERM* | *ERR*) return 0 ;;
    *) return 1 ;;
  esac
}

ask_server() {
  server=$1
  shift
  ask "$server" "$REDIS_PORT" "$@" 2>/dev/null
}

ask_sentinel() {
  sentinel=$1
  shift
  ask "$sentinel" "$SENTINEL_PORT" "$@" 2>/dev/null
}

# ask_all NAME PORT ADDRESSES COMMAND…: asks all at once. The answer of each is in $RUN_DIR/PROGRAM.NAME.ADDRESS, empty
# where none came; what redis-cli said of the connection in the same with .error.
ask_all() {
  begin_asking "$@"
  for pid in $asking; do
    wait "$pid" || :
  done
}

# ask_enough NUMBER NAME PORT ADDRESSES COMMAND…: the same, but goes on as soon as so many have answered, and does not wait
# for those that are silent.
ask_enough() {
  enough=$1
  shift
  begin_asking "$@"
  while :; do
    answered=0
    ended=0
    for address in $asked; do
      [ ! -e "$answers.$address" ] || ended=$((ended + 1))
      [ ! -s "$answers.$address" ] || answered=$((answered + 1))
    done
    # shellcheck disable=SC2086 # a list is words
    if [ "$answered" -ge "$enough" ] || [ "$ended" = "$(count $asked)" ]; then break; fi
    sleep 0.02
  done
  # shellcheck disable=SC2086 # a list is words
  kill $asking 2>/dev/null || : # an answer that comes later is to no question of ours
}

begin_asking() {
  answers=$RUN_DIR/$PROGRAM.$1
  asked_port=$2
  asked=$3
  shift 3
  asking=
  for address in $asked; do
    rm -f "$answers.$address"
    {
      ask "$address" "$asked_port" "$@" >"$answers.$address.new" 2>"$answers.$address.error" || : >"$answers.$address.new"
      mv "$answers.$address.new" "$answers.$address"
    } &
    asking="$asking $!"
  done
}

# answers NAME ADDRESSES: the files that ask_all wrote, in the same order.
answers() {
  prefix=$RUN_DIR/$PROGRAM.$1
  for address in $2; do
    printf '%s\n' "$prefix.$address"
  done
}

# resolve NAME: its address, or nothing. An address is its own.
resolve() {
  case $1 in
    *:* | *[!0-9.]*) ;;
    *)
      printf '%s\n' "$1"
      return
      ;;
  esac
  timeout 5 getent hosts "$1" 2>/dev/null | awk '{ print $1; exit }'
}

# resolve_all NAMES: sets RESOLVED to the address of each, in order; fails where one does not resolve, with UNRESOLVED.
resolve_all() {
  RESOLVED=
  UNRESOLVED=
  for name in $1; do
    address=$(resolve "$name")
    if [ -n "$address" ]; then RESOLVED="$RESOLVED $address"; else UNRESOLVED="$UNRESOLVED $name"; fi
  done
  [ -z "$UNRESOLVED" ]
}

# locate: sets SERVER_ADDRESSES and SENTINEL_ADDRESSES, their numbers and majorities, and NEAREST, the Sentinel to ask
# first: the pod's own where it has one. Waits until all names resolve. The addresses are those of Services, which outlive
# the pod: so they are kept for the pod's other programs, and for a container that restarts while DNS is away.
LOCATED=$RUN_DIR/located
locate() {
  attempts=0
  # shellcheck disable=SC2153 # SENTINELS is the environment's
  until resolve_all "$SERVERS" && servers=$RESOLVED && resolve_all "$SENTINELS"; do
    attempts=$((attempts + 1))
    if [ "$attempts" -ge 10 ] && [ -s "$LOCATED" ]; then
      say "names-unresolved using=kept-addresses names=$UNRESOLVED"
      located
      return
    fi
    waiting "names do not resolve:$UNRESOLVED (is the Service there, does DNS answer, does the NetworkPolicy let DNS through?)"
    sleep 0.5
  done
  SERVER_ADDRESSES=$servers
  SENTINEL_ADDRESSES=$RESOLVED
  printf '%s\n' "$SERVER_ADDRESSES" "$SENTINEL_ADDRESSES" >"$LOCATED.$PROGRAM" && mv "$LOCATED.$PROGRAM" "$LOCATED"
  places
}

# located: the same from what another program of this pod found, without DNS; fails where nothing is kept.
located() {
  [ -s "$LOCATED" ] || fail "the pod's programs have not found their addresses yet ($LOCATED is missing)"
  { IFS= read -r SERVER_ADDRESSES && IFS= read -r SENTINEL_ADDRESSES; } <"$LOCATED"
  places
}

places() {
  # shellcheck disable=SC2086 # lists are words
  {
    SERVER_COUNT=$(count $SERVER_ADDRESSES)
    SENTINEL_COUNT=$(count $SENTINEL_ADDRESSES)
    NEAREST=$(nth "$((ORDINAL % SENTINEL_COUNT))" $SENTINEL_ADDRESSES)
  }
  SENTINEL_MAJORITY=$((SENTINEL_COUNT / 2 + 1))
  SERVER_MAJORITY=$((SERVER_COUNT / 2 + 1))
}

# identity ORDINAL: the myid of that Sentinel, the same for all its lives.
identity() {
  printf '%s' "$NAMESPACE/$TOPOLOGY/$1" | sha1sum | cut -d ' ' -f 1
}

# without ADDRESS ADDRESSES: the others.
without() {
  for address in $2; do
    [ "$address" = "$1" ] || printf '%s ' "$address"
  done
}

# named_by ADDRESSES: asks these Sentinels who is master. Sets ANSWERED, how many told; EPOCH, the newest configuration
# epoch among them; MASTER, the address that it names (empty where two share that epoch); VOTES, how many name it so.
named_by() {
  ask_all sentinel "$SENTINEL_PORT" "$1" SENTINEL MASTER "$MASTER_NAME"
  # shellcheck disable=SC2046 # four words
  set -- $(
    # shellcheck disable=SC2046 # file names without spaces
    awk '
      FNR % 2 { key = $0; next }
      key == "ip" { ip[FILENAME] = $0 }
      key == "config-epoch" { epoch[FILENAME] = $0 + 0 }
      END {
        newest = -1
        for (file in epoch) { answered++; if (epoch[file] > newest) newest = epoch[file] }
        for (file in epoch) if (epoch[file] == newest) {
          if (votes && ip[file] != master) tie = 1
          master = ip[file]
          votes++
        }
        print answered + 0, newest, votes + 0, (tie || !votes) ? "" : master
      }' $(answers sentinel "$1")
  )
  ANSWERED=$1
  EPOCH=$2
  VOTES=$3
  MASTER=${4:-}
}

# pause SECONDS: in steps, so that a signal is not kept waiting.
pause() {
  seconds=$1
  while [ "$seconds" -gt 0 ]; do
    sleep 1
    seconds=$((seconds - 1))
  done
}

# milliseconds: sets MS, of a clock that only runs forward (Linux' uptime; elsewhere whole seconds of the day).
milliseconds() {
  if { read -r uptime rest_of_line </proc/uptime; } 2>/dev/null; then
    MS=$((${uptime%.*} * 1000 + 1${uptime#*.} * 10 - 1000))
  else
    MS=$(($(now) * 1000))
  fi
}

# field NAME: the value of a line `NAME:value` of INFO, from standard input.
field() {
  awk -F: -v name="$1" '$1 == name { sub(/\r$/, ""); print substr($0, length(name) + 2); exit }'
}

# role ADDRESS: master, slave, or nothing without an answer.
role() {
  ask_server "$1" ROLE | head -n 1 || :
}

# flags_of REPLICA SENTINEL: what that Sentinel holds of it: slave, s_down, promoted and others, with commas between.
flags_of() {
  ask_sentinel "$2" SENTINEL REPLICAS "$MASTER_NAME" | awk -v replica="$1" '
    key == "ip" { its = ($0 == replica) }
    its && key == "flags" { print }
    { key = $0 }'
}

# launch COMMAND…: starts the container's server as a child, SERVER_PID: so something can stand beside it.
launch() {
  "$@" &
  SERVER_PID=$!
}

# insist: ends the server. One that is just writing its first append-only file, as after a full synchronisation, refuses
# ("can't exit") and goes on, so it is told again. A server that has begun to stop takes no notice of it.
insist() {
  while kill -TERM "$SERVER_PID" 2>/dev/null; do sleep 1; done
}

# outlast: the shell stays as the server's parent: a signal for the container is the server's, and its end is the
# container's. Sets STATUS.
outlast() {
  trap 'insist &' TERM INT
  STATUS=0
  wait "$SERVER_PID" || STATUS=$?
  # A wait that a trap interrupts returns before the server has gone.
  while kill -0 "$SERVER_PID" 2>/dev/null; do
    STATUS=0
    wait "$SERVER_PID" || STATUS=$?
  done
}
