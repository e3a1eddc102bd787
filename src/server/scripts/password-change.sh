# The password is changed while everything runs: the Secret is changed, the kubelets bring the new one into the mounted
# files, each at its own time, and the pods are rolled when that is wanted. A pod goes through it in steps:
#
#   1 its file has another password    its server and its Sentinel accept that one too, and go on using the old one
#   2 all accept the new one           they use the new one towards the others, and go on accepting the old one
#   3 it is rolled                     its successor has never heard of the old one
#
# Nobody is cut off by it, and clients may use either from 1 to 3. Never `resetpass` nor CONFIG SET requirepass: both take the
# old one away. What is in force is written down (PASSWORDS) before a process is told, so one that starts meanwhile begins
# with it. The keeper does this for its pod; where Sentinels have pods of their own, their script does.
# shellcheck shell=sh disable=SC2153,SC2154 # PASSWORDS is of password.sh, `asking` of lib.sh

SILENT_LIMIT=$((DOWN_AFTER_MS / 1000 + 10)) # seconds that one without an answer is waited for; by then it is held for down
PARTS=                                      # server, sentinel: what runs in this pod
STEP=                                       # accept or use; a program that was restarted does not know
IGNORED=                                    # what was wrong with the Secret's value
TURN=0
UNANSWERED_SINCE=
SETTLED=                                    # all have let this pod in with the password in use
REFUSED_BY=                                 # those that did not when last asked
LOOKS=0

# look_at_secret: once a second.
look_at_secret() {
  if ! read_secret; then
    [ "$SECRET_FAULT" = "$IGNORED" ] || say "password-ignored reason=$SECRET_FAULT; the one of before stays in force"
    IGNORED=$SECRET_FAULT
    return 0
  fi
  IGNORED=
  if [ "$SECRET" != "$PASSWORD" ] && [ "$SECRET" != "$OTHER_PASSWORD" ]; then
    put_in_force "$PASSWORD" "$SECRET" || return 1
  fi
  if [ -n "$OTHER_PASSWORD" ] && [ "$SECRET" = "$OTHER_PASSWORD" ]; then
    tell accept "password-changed accepted-by"
    if ! all_take_it && ! master_insists; then return 0; fi
    put_in_force "$SECRET" "$PASSWORD" || return 1
  fi
  # Where the Secret was changed back before anything came of it, the old one is in use as it was.
  [ "$STEP" != accept ] || return 0
  if [ -n "$OTHER_PASSWORD" ]; then tell use "password-used towards=all by"; fi
  [ -n "$SETTLED" ] || log_in_again
}

# put_in_force USED ACCEPTED
put_in_force() {
  used=$PASSWORD
  accepted=$OTHER_PASSWORD
  PASSWORD=$1
  OTHER_PASSWORD=$2
  if ! write_passwords || ! mv "$PASSWORDS.$PROGRAM.$$" "$PASSWORDS"; then
    PASSWORD=$used
    OTHER_PASSWORD=$accepted
    say "error $PASSWORDS cannot be written; the password of before stays in force"
    return 1
  fi
  STEP=
  TURN=0
  UNANSWERED_SINCE=
  SETTLED=
  REFUSED_BY=
  LOOKS=0
}

# tell STEP SAYING: each part that has not been told. One that does not run is told again, as it may be just starting with
# what was in force before.
tell() {
  if [ "$STEP" != "$1" ]; then
    STEP=$1
    untold=$PARTS
  fi
  left=
  told=
  for part in $untold; do
    if took "$part"; then told="$told,$part"; else left="$left $part"; fi
  done
  untold=$left
  [ -z "$told" ] || say "$2=${told#,}"
}

# took PART: it carried all of it out.
took() {
  its_port=$REDIS_PORT
  [ "$1" = server ] || its_port=$SENTINEL_PORT
  for known in "$PASSWORD" "$OTHER_PASSWORD"; do
    reply=$(orders "$1" | ask_with "$known" "$LOCAL" "$its_port" 2>/dev/null) || continue
    [ "${reply%OK}" = "$reply" ] || return 0
  done
  return 1
}

# orders PART: for redis-cli's standard input, since others can read what stands on a command line.
orders() {
  printf 'ACL SETUSER default %s' "$(quoted ">$PASSWORD")"
  if [ -n "$OTHER_PASSWORD" ]; then printf ' %s' "$(quoted ">$OTHER_PASSWORD")"; fi
  printf '\n'
  case $STEP-$1 in
    use-server) printf 'CONFIG SET masterauth %s\n' "$(quoted "$PASSWORD")" ;;
    use-sentinel)
      printf 'SENTINEL CONFIG SET sentinel-pass %s\n' "$(quoted "$PASSWORD")"
      printf 'SENTINEL SET %s auth-pass %s\n' "$MASTER_NAME" "$(quoted "$PASSWORD")"
      ;;
  esac
}

# survey PASSWORD: asks all servers and Sentinels with this one. Sets REFUSERS, those that refuse it, and UNANSWERED.
survey() {
  used=$PASSWORD
  accepted=$OTHER_PASSWORD
  PASSWORD=$1
  OTHER_PASSWORD=
  begin_asking server-survey "$REDIS_PORT" "$SERVER_ADDRESSES" PING
  servers_asked=$asking
  begin_asking sentinel-survey "$SENTINEL_PORT" "$SENTINEL_ADDRESSES" PING
  PASSWORD=$used
  OTHER_PASSWORD=$accepted
  for pid in $servers_asked $asking; do
    wait "$pid" || :
  done
  REFUSERS=
  UNANSWERED=
  for answer in $(answers server-survey "$SERVER_ADDRESSES") $(answers sentinel-survey "$SENTINEL_ADDRESSES"); do
    if refused "$answer.error"; then
      REFUSERS="$REFUSERS $answer"
    elif [ ! -s "$answer" ] && ! grep -Eq 'LOADING|MASTERDOWN|MISCONF|BUSY' "$answer.error"; then
      UNANSWERED=yes
    fi
  done
}

# all_take_it: none refuses the other password. A Sentinel that is told to use it connects anew: so not while one that is well
# would refuse it; and they take turns, two seconds each, since a moment without connections is a reason for a failover if
# a majority has it.
all_take_it() {
  survey "$OTHER_PASSWORD"
  if [ -z "$UNANSWERED" ]; then UNANSWERED_SINCE=; else UNANSWERED_SINCE=${UNANSWERED_SINCE:-$(now)}; fi
  if [ -n "$REFUSERS" ]; then
    TURN=0
    return 1
  fi
  [ -z "$UNANSWERED" ] || [ "$(($(now) - UNANSWERED_SINCE))" -ge "$SILENT_LIMIT" ] || return 1
  TURN=$((TURN + 1))
  [ "$TURN" -gt "$((2 * ORDINAL))" ]
}

# log_in_again: a Sentinel that was refused once keeps that connection, and holds the other for down for ever: it must be told
# to connect anew. So it is watched for a while from the start of the pod and from each change, and for as long as one does
# not let this pod in.
log_in_again() {
  case " $PARTS " in *" sentinel "*) ;; *) return 0 ;; esac
  LOOKS=$((LOOKS + 1))
  [ -n "$REFUSED_BY" ] || [ "$((LOOKS % 10))" = 5 ] || return 0 # one that is away is not asked all the time
  survey "$PASSWORD"
  if [ -n "$REFUSED_BY" ] && [ "$REFUSERS" != "$REFUSED_BY" ]; then
    connect_anew
  elif [ -z "$REFUSERS$UNANSWERED" ]; then
    if sees_down; then connect_anew; elif [ "$LOOKS" -gt "$SILENT_LIMIT" ]; then SETTLED=yes; fi
  fi
  REFUSED_BY=$REFUSERS
}

connect_anew() {
  STEP=use
  if took sentinel; then say "sentinel-connects-anew reason=others-take-the-password-now"; fi
}

# sees_down: this pod's Sentinel holds someone for down.
sees_down() {
  for kind in MASTER REPLICAS SENTINELS; do
    ask_sentinel "$LOCAL" SENTINEL "$kind" "$MASTER_NAME" || :
  done | awk 'key == "flags" && /s_down/ { found = 1 } { key = $0 } END { exit !found }'
}

# master_insists: the master takes the other password and no longer the one in use, as its pod was rolled before all had the
# new one. To follow it matters more than those that do not have it yet.
master_insists() {
  named=$(ask_sentinel "$NEAREST" SENTINEL GET-MASTER-ADDR-BY-NAME "$MASTER_NAME" | head -n 1)
  [ -s "$RUN_DIR/$PROGRAM.server-survey.$named" ] || return 1
  reply=$(ask_with "$PASSWORD" "$named" "$REDIS_PORT" PING 2>&1) || :
  case $reply in *WRONGPASS* | *NOAUTH*) ;; *) return 1 ;; esac
}
