# $3 seconds of grace. Takes the claim when nobody has it: the attempt can never start then.
grace=$3
mkdir -p -m 700 -- "$directory/.drs/$name" 2>/dev/null
cd -- "$directory" || exit 91
if mkdir "$control/claim" 2>/dev/null; then
  : >"$control/out"
  : >"$control/err"
  : >"$control/start"
  printf '143 cancel\n' >"$control/exit"
  say never-started
  exit 0
fi
if [ -e "$control/exit" ]; then
  say ended-before
  exit 0
fi
# No room for a claim: it could still be started.
[ -d "$control/claim" ] || exit 93
true >"$control/cancel"
# The number of the group may be another's by now, unless the wrapper lives, which waits for the group.
group=
if is_running "$control"; then read -r group 2>/dev/null <"$control/group"; fi
end_tree "${group:-none}" "$name" "$grace"
say ended
