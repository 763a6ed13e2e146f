# File names come on standard input, each ended by NUL. Afterwards, on standard error, the names that changed meanwhile.
cd -- "$directory" || exit 91
: >"$control/fetch"
xargs -0 tar -cf - 2>/dev/null
find . -name .drs -prune -o -type f -newer "$control/fetch" -print0 >&2 2>/dev/null
