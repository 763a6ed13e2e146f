# What lies below the working directory, as records `TYPE INODE SIZE MTIME CTIME SUM ./NAME` that end with `//` and a line end,
# which no path holds. TYPE begins with `f` or `-` for a file, with `l` for a link; `u` is a folder that cannot be read. `t`
# comes first in a list that is kept, with the tool that it was made with, and `e` last, if it is whole.

# Sets `tool` to what gives the finest times here, and `now` to the time when file $1 was changed.
choose_tool() {
  tool=find
  now=$(find "$1" -prune -printf %C@ 2>/dev/null) && [ -n "$now" ] && return
  tool=stat
  now=$(stat -c %Z -- "$1" 2>/dev/null) && [ -n "$now" ] && return
  tool=bsd
  now=$(stat -f %c -- "$1" 2>/dev/null) && [ -n "$now" ] && return
  tool=ls
  now=$(date +%s 2>/dev/null)
}
record_format='%y %i %s %T@ %C@ - %p//\n'
# Of the files that are named, no folders.
records() {
  case $tool in
    find) find "$@" -prune -printf "$record_format" ;;
    stat) stat -c '%A %i %s %Y %Z %y|%z %n//' -- "$@" ;;
    bsd) stat -f '%Sp %i %z %Fm %Fc - %N//' -- "$@" ;;
    *) for listed do ls_record "$listed"; done ;;
  esac 2>/dev/null
}
# All below folder $1, without the help of `find`. Links are not followed.
walk() {
  if ! [ -r "$1" ] || ! [ -x "$1" ]; then
    printf 'u 0 0 0 0 - %s//\n' "$1"
    return
  fi
  set -- "$1"/* "$1"/.[!.]* "$1"/..?*
  quoted= count=0
  for path do
    if ! [ -L "$path" ]; then
      [ -e "$path" ] && ! [ -d "$path" ] || continue
    fi
    case $path in
      *\'*)
        records "$path"
        continue
        ;;
    esac
    quoted="$quoted '$path'" count=$((count + 1))
    [ "$count" -lt 200 ] || {
      eval "records $quoted"
      quoted= count=0
    }
  done
  [ -z "$quoted" ] || eval "records $quoted"
  for path do
    if [ -d "$path" ] && ! [ -L "$path" ]; then walk "$path"; fi
  done
}
# With nothing but `ls`, times are by the minute or the day: the sum of the content tells more.
ls_record() {
  times=$(ls -dinl "$1") && changes=$(ls -dicnl "$1") || return 0
  changes=${changes%% ./*}
  set -f
  set -- "$1" ${times%% ./*}
  sum=-
  if [ -f "$1" ] && ! [ -L "$1" ] && [ "$7" -lt 1048576 ]; then sum=$(cksum <"$1"); fi
  printf '%s %s %s %s-%s-%s ' "$3" "$2" "$7" "$8" "$9" "${10}"
  set -- "$1" $changes
  set +f
  printf '%s-%s-%s %s %s//\n' "$8" "$9" "${10}" "$sum" "$1"
}
# In a shell of its own, which may become `find`.
list_here() {
  export LC_ALL=C TZ=UTC0
  [ "$tool" = find ] || { walk . && return; }
  exec find . -type d '(' ! -readable -o ! -executable ')' -printf 'u 0 0 0 0 - %p//\n' -prune \
    -o ! -type d -printf "$record_format"
}
# Lists into $d/before.$fence what is there before the start. Sets `kind` to `listed`, or to `cut` where this is more than 32 MB of
# names or takes longer than $1 seconds (10), and `time` to the time as this file system has it.
list_before() {
  probe=./.${d##*/}.probe
  set -C
  if { true >"$probe"; } 2>/dev/null; then made_probe=yes; else made_probe= probe=$d; fi
  set +C
  choose_tool "$probe"
  time=$now
  [ -z "$made_probe" ] || rm -f -- "$probe"
  kind=cut
  sleep "${1:-10}" >/dev/null 3<&- &
  sleeper=$!
  keep_list >/dev/null 3<&- &
  keeper=$!
  # The list ends the sleep. One that hangs is ended, and not waited for.
  if wait "$sleeper"; then kill "$keeper"; fi
  if wait "$keeper"; then kind=listed; fi
} 2>/dev/null
keep_list() {
  printf 't %s//\n' "$tool" >"$d/before.$fence"
  (
    ulimit -c 0
    ulimit -f 65536
    list_here
  ) >>"$d/before.$fence" &
  lister=$!
  trap 'kill -s KILL "$lister"; exit 1' TERM
  wait "$lister"
  status=$?
  trap '' TERM
  [ "$status" -lt 128 ] && printf 'e//\n' >>"$d/before.$fence"
  status=$?
  kill "$sleeper"
  exit "$status"
}
# Goes to remote directory $1, which `directory` holds; not where another one has its place by now, which a physical path tells.
enter_remote() {
  if ! [ -d "$directory" ]; then
    say gone
  elif ! cd -P -- "$directory" 2>/dev/null; then
    say closed
  elif [ "${1#/}" != "$1" ] && [ "$PWD" != "$1" ]; then
    say gone
  else
    return
  fi
  exit 0
}
