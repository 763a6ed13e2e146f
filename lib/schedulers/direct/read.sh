# $3 and $4: where in out and err to begin, in bytes from 0; $5 and $6: how many bytes at the most.
cd -- "$directory" || exit 91
tail -c "+$(($4 + 1))" "$control/err" | head -c "$6" >&2
tail -c "+$(($3 + 1))" "$control/out" | head -c "$5"
