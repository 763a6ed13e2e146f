# The one decision about an attempt, made by one atomic act: file `begun` appears with all that it says, or was there.
# $1 the line, $2 a name for it beside. Sets `won` to the line that counts; fails where nothing can be written.
decide() {
  # Never written to: it may be the decision itself.
  { ! [ -e "$d/$2" ] && ! [ -L "$d/$2" ]; } || rm -f "$d/$2"
  printf '%s\n' "$1" >"$d/$2" || return 1
  # Over NFS `ln` may say that it failed when only its answer was lost: what the file says counts.
  ln "$d/$2" "$d/begun" || [ -e "$d/begun" ] || {
    # A file system without links.
    set -C
    printf '%s\n' "$1" >"$d/begun"
    set +C
  }
  tries=0
  until read -r won <"$d/begun"; do
    tries=$((tries + 1))
    [ "$tries" -le 50 ] || return 1
    short_sleep 2
  done
} 2>/dev/null
