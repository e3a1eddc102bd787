# How far a server had come, exactly: for the day when all servers were stopped and the last master does not return.
#
# An append-only file does not tell the replication offset. So the master's keeper writes a mark every second, into a database
# of its own: its reign (the configuration epoch), and how far that had come. It reaches the append-only file of each server at
# the same place among the writes, and what follows there is the same on all servers, byte for byte. So the newest mark, and
# the number of bytes after it, tell who has more; the one that has most has all that the others have.
# shellcheck shell=sh

MARK_DATABASE=16 # the last one; redis.conf says how many there are
MARK_KEY=keeper:mark

# mark EPOCH OFFSET: the first reign, before any election, counts as 1, as it does where Sentinels know that there was data once.
# Fails where it is refused, as users' writes are then, and where no answer comes.
mark() {
  [ "$PERSISTENT" = yes ] || return 0
  ask_server "$LOCAL" -n "$MARK_DATABASE" SET "$MARK_KEY" "$(($1 < 1 ? 1 : $1))/$2" >/dev/null
}

# position DIRECTORY: from the append-only files there, as EPOCH/OFFSET/BYTES; 0/0/1, next to nothing, where they do not tell
# it: there is no mark within their last 16 MiB, or the file was rewritten after the last one.
position() {
  for bytes in 1048576 16777216; do # the first is enough for most, and quick
    found=$(end_of_files "$1" "$bytes" | hexadecimal | after_last_mark)
    if [ -n "$found" ]; then break; fi
  done
  printf '%s\n' "${found:-0/0/1}"
}

# end_of_files DIRECTORY BYTES: while a file is being rewritten, the last two are in use.
end_of_files() {
  # shellcheck disable=SC2046 # a list of lines
  awk '/ type i( |$)/ { print $2 }' "$1"/*.manifest 2>/dev/null | tail -n 2 | while IFS= read -r file; do
    cat "$1/$file"
  done | tail -c "$2"
}

# hexadecimal: the only form in which every shell's tools take bytes as they are.
hexadecimal() {
  od -An -v -tx1 | tr -d ' \n'
}

# after_last_mark: a SELECT does not count, as each server has its own where a file begins and after a restart.
after_last_mark() {
  sed "s/$(printf '%s\r\n$' "$MARK_KEY" | hexadecimal)/\\
/g" | awk '
    { end = $0 }
    END {
      if (NR < 2) exit
      value = substr(end, index(end, "0d0a") + 4) # after its length
      value = substr(value, 1, index(value, "0d0a") - 1)
      if (value !~ /^(3[0-9])+2f(3[0-9])+$/) exit
      for (at = 1; at < length(value); at += 2) text = text (substr(value, at, 2) == "2f" ? "/" : substr(value, at + 1, 1))
      gsub(/2a320d0a24360d0a53454c4543540d0a243[0-9]0d0a(3[0-9])+0d0a/, "", end)
      printf "%s/%.0f\n", text, length(end) / 2
    }'
}
