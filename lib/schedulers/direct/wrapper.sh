# Stays with the program to its end, apart from any connection. In the working directory; standard output leads to whoever
# started the attempt, until the end.
# $1 control directory, $2 its name, $3 control root, $4 its id, $5 fencing number, $6 machine, $7 file name of the program,
# $8 `sum` or `none`, $9 program.sh, ${10} timer.sh, ${11} seconds to the timeout or empty, ${12} the same in whole seconds,
# ${13} seconds of grace, ${14} what starts a command in a session of its own; then the command line.
d=$1 name=$2 root=$3 id=$4 fence=$5 machine=$6 file=$7 sum=$8 program=$9
shift 9
timer_script=$1 timeout=$2 whole=$3 grace=$4 apart=$5
shift 5
# Not ignored, since the program would inherit that.
trap : PIPE

# Whoever comes late finds nothing, makes nothing and starts nothing.
is_root "$root" "$id" && [ -d "$d" ] || exit
since_of $$
line="start $fence $machine $$ $since"
decide "$line" "begun.$fence" || {
  printf 'full\n'
  exit
}
[ "$won" = "$line" ] || {
  printf 'attached\n'
  exit
}

# Makes anew what the program took away or closed: the end is written down in any case.
restore() {
  mkdir -p -m 700 "$root" "$d"
  chmod u+rwx "$root" "$d"
  [ -s "$root/id" ] || printf '%s\n' "$id" >"$root/id"
  [ -s "$d/begun" ] || printf '%s\n' "$line" >"$d/begun"
}
# $1 status, reason, bytes of out and err, and notes. For a minute: some file systems need room even to write again.
write_exit() {
  tries=0
  [ -s "$d/begun" ] || restore
  until printf '%s\n' "$1" 1<>"$d/exit.part" && mv -f "$d/exit.part" "$d/exit"; do
    tries=$((tries + 1))
    [ "$tries" -lt 60 ] || exit
    sleep 1
    restore
  done
} 2>/dev/null

if [ -L "./$file" ] || { [ -e "./$file" ] && ! [ -f "./$file" ]; }; then
  write_exit "126 refused 0 0 there is something of that name that is no file"
  exit
fi
mv -f -- "$d/program.$fence" "./$file" 2>"$d/problem" || {
  read -r problem <"$d/problem"
  write_exit "126 refused 0 0 $problem"
  exit
}

# The program writes into pipes, as over ssh: what opens /dev/stderr anew does not cut the log off.
pipes=$d
mkfifo "$pipes/o" "$pipes/e" 2>/dev/null || {
  pipes=${TMPDIR:-/tmp}/drs-$name-$$
  mkdir -m 700 "$pipes" && mkfifo "$pipes/o" "$pipes/e"
} 2>/dev/null || {
  write_exit "126 refused 0 0 no pipes can be made in $d or $pipes"
  exit
}
exec 5<>"$pipes/o" 6<>"$pipes/e"
exec 3<"$pipes/o" 4<"$pipes/e" 7>"$pipes/o" 8>"$pipes/e" 5>&- 6>&-
# A full disk does not end `tee`, so neither does it end the program.
(
  trap '' INT QUIT TERM HUP
  exec tee -a "$d/out" <&3 >/dev/null 2>&1 3<&- 4<&- 7>&- 8>&-
) &
reader_out=$!
(
  trap '' INT QUIT TERM HUP
  exec tee -a "$d/err" <&4 >/dev/null 2>&1 3<&- 4<&- 7>&- 8>&-
) &
reader_err=$!
exec 3<&- 4<&-
if [ "$pipes" = "$d" ]; then
  rm -f "$d/o" "$d/e" 7>&- 8>&- >/dev/null 2>&1 &
else
  rm -rf "$pipes" 7>&- 8>&- >/dev/null 2>&1 &
fi
timer=
if [ -n "$timeout" ]; then
  $apart sh -c "$timer_script" drs-timer "$d" "$name" "$timeout" "$whole" "$grace" </dev/null >/dev/null 2>&1 7>&- 8>&- &
  timer=$!
fi

# Not with `&`: what a shell starts so cannot be interrupted by SIGINT, and no trap undoes it. The pipes are opened over
# there, since a shell says `Terminated` where it has led the standard error of its command.
DRS_CONTROL_DIRECTORY=$d/ $apart sh -c "$program" drs-program "$d" "$@" "$file" </dev/null 9>&1 >/dev/null 2>&1
code=$?
exec 7>&- 8>&-

summing=
if [ "$sum" = sum ]; then
  cksum <"./$file" >"$d/sum" 2>/dev/null &
  summing=$!
fi
# The end is told when the whole tree has ended.
find_group $$ "${timer:-none}"
if [ -e "$d/cancel" ]; then end_tree "$group" "$name" "$grace"; fi
if [ -n "$timer" ]; then
  if [ -e "$d/timeout" ]; then wait "$timer"; else kill -s KILL -- "-$timer" 2>/dev/null; fi
fi
is_over() { ! since_of "$1"; }
notes=
tries=0
if [ -d /proc/self ]; then
  # Mostly they end at once; something that was left behind may hold the pipes.
  until is_over "$reader_out" && is_over "$reader_err"; do
    tries=$((tries + 1))
    [ "$tries" -ge 200 ] || continue
    short_sleep 1
    [ "$tries" -lt 220 ] || {
      notes=' open'
      break
    }
  done
else
  (
    sleep 2
    kill "$reader_out" "$reader_err"
  ) >/dev/null 2>&1 &
fi
for reader in "$reader_out" "$reader_err"; do
  if is_over "$reader" || ! [ -d /proc/self ]; then wait "$reader" || notes="$notes torn"; fi
done
[ -z "$summing" ] || wait "$summing"
reason=exit
if [ -e "$d/cancel" ]; then
  reason=cancel
elif [ -e "$d/timeout" ]; then
  reason=timeout
fi
out=0 err=0
if ! [ -e "$d/out" ]; then
  notes="$notes wiped"
elif [ -s "$d/out" ] || [ -s "$d/err" ]; then
  chmod u+rwx "$d" 2>/dev/null
  # Sorted; each takes nine words, of which the fifth is the size. `wc` of some systems reads the whole.
  set -- $(cd "$d" && LC_ALL=C TIME_STYLE=locale ls -ln err out 2>/dev/null)
  err=${5:-0} out=${14:-0}
fi
write_exit "$code $reason $out $err$notes"
