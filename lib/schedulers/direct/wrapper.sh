# Stays with the program to its end, apart from any connection. In the working directory; standard output leads to whoever
# starts the attempt, until the end; from there comes `go`, or nothing, on standard input.
# $1 control directory, $2 its name, $3 control root, $4 its id, $5 fencing number, $6 machine, $7 file name of the program,
# $8 `sum` or `none`, $9 program.sh, ${10} timer.sh, ${11} seconds to the timeout or empty, ${12} the same in whole seconds,
# ${13} seconds of grace, ${14} what starts a command in a session of its own; then the command line.
d=$1 name=$2 root=$3 id=$4 fence=$5 machine=$6 file=$7 sum=$8 program=$9
shift 9
timer_script=$1 timeout=$2 whole=$3 grace=$4 apart=$5
shift 5
# Not ignored, since the program would inherit that.
trap : PIPE

# The program writes into pipes, as over ssh: what opens /dev/stderr anew does not cut the log off. Descriptors 3 and 4 are
# read from, 5 and 6 written to. A full disk does not end `tee`, so neither does it end the program.
start_readers() {
  (
    trap '' INT QUIT TERM HUP
    command -v tee >/dev/null || exec cat <&3 >>"$d/out" 2>/dev/null 3<&- 4<&- 5>&- 6>&-
    exec tee -a "$d/out" <&3 >/dev/null 2>&1 3<&- 4<&- 5>&- 6>&-
  ) &
  reader_out=$!
  (
    trap '' INT QUIT TERM HUP
    command -v tee >/dev/null || exec cat <&4 >>"$d/err" 2>/dev/null 3<&- 4<&- 5>&- 6>&-
    exec tee -a "$d/err" <&4 >/dev/null 2>&1 3<&- 4<&- 5>&- 6>&-
  ) &
  reader_err=$!
  exec 3<&- 4<&-
}
# Many a shell makes a pipe for a here-document, and Linux opens its other end: without a process, and before it is known
# whether there is anything to read.
exec 3<<end_3 4<<end_4
end_3
end_4
can_write() { [ -p "$1" ] && true >"$1"; } 2>/dev/null
reader_out=
if can_write /proc/self/fd/3 && can_write /proc/self/fd/4; then
  exec 5>/proc/self/fd/3 6>/proc/self/fd/4
  start_readers
fi
since_of $$
answer=
read -r answer
exec </dev/null
[ "$answer" = go ] || {
  rm -f "$d/program.$fence"
  exit
}
# Whoever comes late finds nothing, makes nothing and starts nothing.
is_root "$root" "$id" && [ -d "$d" ] || exit
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
  for folder in "$root" "$d"; do
    [ -d "$folder" ] || mv -f "$folder" "$folder.$$"
    mkdir -p -m 700 "$folder"
  done
  chmod u+rwx "$root" "$d"
  [ -w "$d/exit.$fence" ] || rm -f "$d/exit.$fence"
  [ ! -d "$d/exit" ] || rm -rf "$d/exit"
  [ -s "$root/id" ] || printf '%s\n' "$id" >"$root/id"
  [ -s "$d/begun" ] || printf '%s\n' "$line" >"$d/begun"
}
# $1 status, reason, bytes of out and err, and notes. For a minute: some file systems need room even to write again.
write_exit() {
  tries=0
  [ -s "$d/begun" ] && [ -f "$d/begun" ] && ! [ -d "$d/exit" ] || restore
  until printf '%s\n' "$1" 1<>"$d/exit.$fence" && mv -f "$d/exit.$fence" "$d/exit"; do
    # Whoever started the attempt may still hear it.
    [ "$tries" -ne 1 ] || printf 'exit %s\n' "$1"
    tries=$((tries + 1))
    [ "$tries" -lt 60 ] || exit
    sleep 1
    restore
  done
} 2>/dev/null

# Of a file of the control directory: the fifth word. `wc` of some systems reads the whole.
size_of() {
  set -- $(cd "$d" && LC_ALL=C ls -ln "$1" 2>/dev/null)
  printf %s "${5:-0}"
}
# A shell ends where no process more can be started. `word` is what is true then.
last_word() {
  if [ -n "$word" ] && ! has_ended; then printf '%s\n' "$word" >"$d/exit"; fi
} 2>/dev/null
word='126 refused 0 0 no more processes can be started there'
trap last_word EXIT
! is_taken "$file" || {
  write_exit "126 refused 0 0 $taken"
  exit
}
# In one step where both lie on one file system; elsewhere what lay there before stays until this is whole.
put_program() {
  ln -f -- "$d/program.$fence" "./$file" 2>/dev/null && return
  if LC_ALL=C cp -- "$d/program.$fence" "./.$name.part" && LC_ALL=C mv -f -- "./.$name.part" "./$file"; then return; fi
  rm -f "./.$name.part"
  return 1
}
tries=0
until put_program 2>"$d/problem"; do
  read -r problem <"$d/problem"
  tries=$((tries + 1))
  case $problem in
    *[Ss]pace* | *[Qq]uota*) [ "$tries" -lt 5 ] && ! [ -e "$d/cancel" ] && sleep 4 && continue ;;
  esac
  write_exit "126 refused 0 0 $problem"
  exit
done

if [ -z "$reader_out" ]; then
  pipes=$d
  mkfifo "$pipes/o" "$pipes/e" 2>/dev/null || {
    pipes=${TMPDIR:-/tmp}/drs-$name-$$
    mkdir -m 700 "$pipes" && mkfifo "$pipes/o" "$pipes/e"
  } 2>/dev/null || {
    write_exit "126 refused 0 0 no pipes can be made in $d or $pipes"
    exit
  }
  exec 7<>"$pipes/o" 8<>"$pipes/e"
  exec 3<"$pipes/o" 4<"$pipes/e" 5>"$pipes/o" 6>"$pipes/e"
  exec 7>&- 8>&-
  start_readers
  if [ "$pipes" = "$d" ]; then
    rm -f "$d/o" "$d/e" 5>&- 6>&- >/dev/null 2>&1 &
  else
    rm -rf "$pipes" 5>&- 6>&- >/dev/null 2>&1 &
  fi
fi
timer=
if [ -n "$timeout" ]; then
  $apart sh -c "$timer_script" drs-timer "$d" "$name" "$timeout" "$whole" "$grace" </dev/null >/dev/null 2>&1 5>&- 6>&- &
  timer=$!
fi

# What holds the output now: the program may put something else in its place.
if is_output "$d/out" && is_output "$d/err"; then exec 3<"$d/out" 4<"$d/err"; fi
here=$PWD
# Not with `&`: what a shell starts so cannot be interrupted by SIGINT, and no trap undoes it. The pipes are opened over
# there, since a shell says `Terminated` where it has led the standard error of its command.
# mksh passes on what is led there, and no other descriptor.
word=
DRS_CONTROL_DIRECTORY=$d/ $apart sh -c "$program" drs-program "$d" "$fence" "$@" "$file" </dev/null 7>&5 8>&6 3<&- 4<&- 5>&- 6>&- 9>&1 >/dev/null 2>&1
code=$?
word="$code exit 0 0 torn"
exec 5>&- 6>&-

summing=
if [ "$sum" = sum ]; then
  cksum <"./$file" >"$d/sum" 2>/dev/null &
  summing=$!
fi
# The end is told when the whole tree has ended.
find_group $$ "${timer:-none}"
if [ -e "$d/cancel" ]; then end_tree "$group" "$name" "$grace"; fi
if [ -n "$timer" ]; then
  if [ -e "$d/timeout" ]; then wait "$timer"; else kill -s KILL -- "-$timer" || kill "$timer"; fi 2>/dev/null
fi
# What is exiting has no program any more (proc(5)); `stat` would be read byte by byte.
is_over() { ! [ -e "/proc/$1/exe" ]; }
notes=
tries=0
if [ -d /proc/self ]; then
  # Mostly they end at once; something that was left behind may hold the pipes.
  until is_over "$reader_out" && is_over "$reader_err"; do
    tries=$((tries + 1))
    [ "$tries" -ge 400 ] || continue
    # The program may have stopped them.
    [ "$tries" -ne 400 ] || kill -s CONT "$reader_out" "$reader_err" 2>/dev/null
    # A fiftieth of a second at first.
    if [ "$tries" -lt 410 ]; then short_sleep 02; else short_sleep 1; fi
    [ "$tries" -lt 428 ] || {
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
  # zsh tells of one that was stopped in between that alone.
  if is_over "$reader" || ! [ -d /proc/self ]; then wait "$reader" || [ $? -eq 147 ] || notes="$notes torn"; fi
done
[ -z "$summing" ] || wait "$summing"
reason=exit
if [ -e "$d/cancel" ]; then
  reason=cancel
elif [ -e "$d/timeout" ]; then
  reason=timeout
fi
out=0 err=0
unlock_output
is_kept() { is_output "$1" && { ! [ -e "/proc/self/fd/$2" ] || [ "/proc/self/fd/$2" -ef "$1" ]; }; }
is_kept "$d/out" 3 && is_kept "$d/err" 4 || notes="$notes wiped"
if is_output "$d/out" && [ -s "$d/out" ]; then out=$(size_of out); fi
if is_output "$d/err" && [ -s "$d/err" ]; then err=$(size_of err); fi
if [ -d "$here" ] && ! [ . -ef "$here" ]; then notes="$notes moved"; fi
write_exit "$code $reason $out $err$notes"
