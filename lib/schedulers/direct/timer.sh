# $1 control directory, $2 its name, $3 seconds, $4 whole seconds, $5 seconds of grace.
d=$1
# Where it has no process group of its own, the wrapper ends it so. KILL: a child that has only just begun may miss another signal.
trap 'kill -s KILL "$!"; exit' TERM
sleep "$3" 2>/dev/null &
wait "$!" || {
  sleep "$4" &
  wait "$!"
}
leave timeout
find_group "$PPID" "$$"
end_tree "$group" "$2" "$5"
# The program may have stopped it.
kill -s CONT "$PPID"
