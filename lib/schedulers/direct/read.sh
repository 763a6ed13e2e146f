# $1 control directory, $2 and $3 where in out and err to begin, in bytes from 0; $4 and $5 how many bytes at the most.
# What is gone is missed by its bytes.
cd -- "$1" 2>/dev/null || {
  say done
  exit 0
}
piece() {
  [ "$3" -gt 0 ] && is_output "$1" || return 0
  if command -v tail >/dev/null 2>&1; then
    tail -c "+$(($2 + 1))" "$1" | head -c "$3"
  else
    # Both read from the same open file.
    {
      dd bs=1 skip="$2" count=0 2>/dev/null
      head -c "$3"
    } <"$1"
  fi
}
say err
piece err "$3" "$5"
say out
piece out "$2" "$4"
say done
