# $1 control directory, $2 its name, $3 seconds, $4 whole seconds, $5 seconds of grace, $6 process group.
sleep "$3" 2>/dev/null || sleep "$4"
# `:` would end this shell when there is no room for the file.
true >"$1/timeout"
end_tree "$6" "$2" "$5"
