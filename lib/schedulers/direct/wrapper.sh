# $1 control directory, $2 its name, $3 timer script, $4 seconds to the timeout or empty, $5 the same in whole seconds,
# $6 seconds of grace; then the command line.
control=$1 name=$2 timer_script=$3 timeout=$4 whole=$5 grace=$6
shift 6
# A rename needs no room on the disk.
give_up() {
  mv -f "$control/start" "$control/unstarted"
  exit
}
# Room for what is written later, which the program itself may use up.
printf '%40s\n' '' >"$control/exit.part" && printf '%40s\n' '' >"$control/group" || give_up
# Whoever waits for us gives up by making this file first: then the program must not begin any more.
look_at $$
set -C
printf '%s %s %s\n' "$$" "$seen_since" "$seen_boot" >"$control/pid" || give_up
set +C
if command -v setsid >/dev/null 2>&1; then apart=setsid; else apart=; set -m; fi

# Wait for the file system's clock to tick: all that the program writes shall be newer than `start`.
tries=0
: >"$control/probe"
until [ "$control/probe" -nt "$control/start" ] || [ "$tries" -gt 1050 ]; do
  : >"$control/probe"
  tries=$((tries + 1))
  # For busybox, and for some file systems, it ticks by the second.
  [ "$tries" -lt 1000 ] || sleep 0.05 2>/dev/null || sleep 1
done

DRS_CONTROL_DIRECTORY=$PWD/$control/ $apart "$@" </dev/null >>"$control/out" 2>>"$control/err" &
group=$!
printf '%s\n' "$group" 1<>"$control/group"
# Beside us, since the program counts as alive until we have waited for it.
ender=
if [ -e "$control/cancel" ]; then
  end_tree "$group" "$name" "$grace" &
  ender=$!
fi
timer=
if [ -n "$timeout" ]; then
  $apart sh -c "$timer_script" drs-timer "$control" "$name" "$timeout" "$whole" "$grace" "$group" \
    </dev/null >/dev/null 2>&1 &
  timer=$!
fi

wait "$group"
code=$?
# The end is told when the whole tree has ended.
if [ -n "$ender" ]; then wait "$ender"; elif [ -e "$control/cancel" ]; then end_tree "$group" "$name" "$grace"; fi
if [ -n "$timer" ]; then
  if [ -e "$control/timeout" ]; then wait "$timer"; else kill -s KILL -- "-$timer" 2>/dev/null; fi
fi
reason=exit
if [ -e "$control/cancel" ]; then
  reason=cancel
elif [ -e "$control/timeout" ]; then
  reason=timeout
fi
# Some file systems need room even to write again where something is: then the end is told when there is some.
until printf '%s %s\n' "$code" "$reason" 1<>"$control/exit.part"; do
  [ -d "$control" ] || exit
  sleep 1
done 2>/dev/null
exec mv -f "$control/exit.part" "$control/exit"
