# $1 control directory, $2 its name, $3 seconds, $4 whole seconds, $5 seconds of grace.
d=$1
sleep "$3" 2>/dev/null || sleep "$4"
[ -d "$d" ] || mkdir -p -m 700 "$d"
# `:` would end this shell when there is no room for the file.
true >"$d/timeout"
find_group "$PPID" "$$"
end_tree "$group" "$2" "$5"
