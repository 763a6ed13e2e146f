# $3 file name, $4 bytes of the program, $5 its lines if it is short and plain, $6 `live` or `quiet`, $7 `files` or
# `none`, $8 and $9 bytes of out and err that are known already, ${10} the wrapper; then the wrapper's arguments from its
# third on. On standard input, after the mark: the program, then nothing; the end of the input lets go of the attempt.
file=$3 bytes=$4 lines=$5 mode=$6 files=$7 from_out=$8 from_err=$9 wrapper=${10}
shift 10
interpreter=$5 child= tail_out= tail_err=
exec 3<&0
newline='
'
refuse() {
  say "refused $*"
  exit 0
}
# Without a process of its own; fails when the input ends early.
read_program() {
  program=
  while [ "$lines" -gt 0 ]; do
    IFS= read -r line || return 1
    program=$program$line$newline
    lines=$((lines - 1))
  done
  # The last line came with a line end in any case.
  if [ ${#program} -gt "$bytes" ]; then program=${program%?}; fi
}
write_program() {
  if [ -n "$lines" ]; then
    read_program || exit 92
    printf %s "$program" >"$part"
  else
    head -c "$bytes" >"$part"
  fi 2>"$control/problem"
}
is_whole() { [ -n "$lines" ] || [ "$(wc -c <"$part")" -eq "$bytes" ]; }
# The directory holds nothing but what was brought here. Some shells compare times by the second: only where `probe`
# is newer than `start` does `-nt` see what the program changed.
is_untouched() {
  [ "$control/probe" -nt "$control/start" ] || return 1
  set -- * .[!.]* ..?*
  [ $# -eq 3 ] && [ "$*" = "$file .drs ..?*" ] && ! [ "./$file" -nt "$control/start" ]
}

problem=$(mkdir -p -m 700 -- "$directory/.drs/$name" 2>&1) || refuse "directory $problem"
cd -- "$directory" 2>/dev/null || refuse "directory $directory cannot be entered"

if ! [ -d "$control/claim" ]; then
  command -v "$interpreter" >/dev/null 2>&1 || refuse "interpreter $interpreter"
  part=$control/program.$$
  write_program || {
    problem=
    read -r problem <"$control/problem"
    rm -f "$part"
    # Not even the message could be written.
    refuse "program ${problem:-no space is left on the disk}"
  }
  if ! is_whole; then
    rm -f "$part"
    exit 92 # The connection was cut, or the disk is full: nothing was started.
  fi
  : >>"$control/out"
  : >>"$control/err"
  if mkdir "$control/claim" 2>/dev/null; then
    problem=$(mv -f -- "$part" "./$file" 2>&1) || {
      printf '126 exit\n' >"$control/exit"
      refuse "program $problem"
    }
    : >"$control/start"
    if command -v setsid >/dev/null 2>&1; then apart=setsid; else apart=; set -m; fi
    $apart sh -c "$wrapper" drs-wrapper "$control" "$name" "$@" "$file" </dev/null >/dev/null 2>&1 3<&- &
    child=$!
    say started
  else
    rm -f "$part"
    [ -d "$control/claim" ] || refuse "program no space is left on the disk for its control directory"
  fi
fi
[ -n "$child" ] || say attached

if [ "$mode" = live ] && [ -e "$control/out" ]; then
  tail -c "+$((from_out + 1))" -f "$control/out" 3<&- &
  tail_out=$!
  tail -c "+$((from_err + 1))" -f "$control/err" >&2 3<&- &
  tail_err=$!
fi
# When the other end lets go, nothing of this stays behind.
{
  # What started the attempt has read the program: there is nothing more, and no process is needed to wait for the end.
  if [ -n "$child" ]; then while read -r _; do :; done; else cat >/dev/null; fi
  kill -TERM $tail_out $tail_err $$
} <&3 >/dev/null 2>&1 &
watch=$!

if [ -n "$child" ]; then
  wait "$child"
else
  # The starter writes `pid` within moments of its claim: give it ten seconds.
  tries=0
  until [ -e "$control/exit" ] || [ -e "$control/unstarted" ] || [ -s "$control/pid" ] || [ "$tries" -ge 50 ]; do
    sleep 0.2 2>/dev/null || sleep 1
    tries=$((tries + 1))
  done
  if ! [ -e "$control/exit" ] && ! [ -e "$control/unstarted" ] && ! [ -s "$control/pid" ]; then
    # Takes the place of a starter that is late, if any.
    set -C
    printf 'none none none\n' >"$control/pid"
    set +C
  fi 2>/dev/null
  while ! [ -e "$control/exit" ] && is_running "$control"; do sleep 0.2 2>/dev/null || sleep 1; done
fi
# Waits until process $1, which was killed, can print no more. That is so once it is exiting (PF_EXITING in the flags of
# proc(5)); that it is gone takes Linux 15 ms more, since `tail` watches files with inotify.
silence() {
  tries=0
  while [ "$tries" -lt 1000 ] && read -r stat 2>/dev/null <"/proc/$1/stat"; do
    read_flags ${stat##*) }
    [ $((flags & 4)) -eq 0 ] || return 0
    tries=$((tries + 1))
  done
  wait "$1"
}
read_flags() { flags=$7; }
if [ -n "$tail_out" ]; then
  kill $tail_out $tail_err
  silence $tail_out
  silence $tail_err
fi 2>/dev/null
printf '\036%s end\n' "$mark" >&2

if read -r code reason 2>/dev/null <"$control/exit"; then
  signal=
  if [ "$code" -gt 128 ]; then signal=$(kill -l "$code" 2>/dev/null); fi
  say "exit $code $reason $signal"
  if [ -s "$control/out" ] || [ -s "$control/err" ]; then
    wc -c "$control/out" "$control/err" 2>/dev/null
  else
    printf '0\n0\n0\n'
  fi
  say files
  if [ "$files" = files ] && ! is_untouched; then
    find . -name .drs -prune -o -type f -newer "$control/start" -print0 2>/dev/null
  fi
elif [ -e "$control/unstarted" ]; then
  say 'refused program no space is left on the disk; it was not started'
else
  found='no process and no exit status'
  if read -r pid since on 2>/dev/null <"$control/pid"; then
    look_at $$
    if [ "$pid" = none ]; then
      found='it was claimed, but nothing was started'
    elif [ "$on" != "$seen_boot" ]; then
      found='the server was restarted meanwhile'
    elif [ -n "$(strays "$name")" ]; then
      # Nobody would tell its end, keep its deadline or end it any more. Its group's number may be another's by now.
      end_tree none "$name" 5
      found='the process that watched over it was ended from outside; what was left of it was ended too'
    fi
  fi
  say "lost $found"
fi
kill $watch 2>/dev/null
say done
