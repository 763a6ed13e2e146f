# On standard input, once this has said `read`: a line for each attempt, `whole` or `files`, the name of its control
# directory, id and path of its control root; then an empty one. Says which are clean, or are not there; a program that still
# runs keeps what it needs. Where not all goes, `begun` and `exit` stay, so that who comes late finds them.
say read
find_machine
clean=
while IFS=' ' read -r what name id root && [ -n "$what" ]; do
  is_root "$root" "$id" || continue
  d=$root/$name
  if [ -d "$d" ]; then
    if ! has_ended && read -r word _ where pid began 2>/dev/null <"$d/begun" && [ "$word" = start ]; then
      if [ "$where" = "$machine" ] && is_alive "$pid" "$began"; then continue; fi
    fi
    if [ "$what" = whole ]; then
      set -- "$@" "$d"
    else
      for file in out err o e timeout cancel problem sum; do set -- "$@" "$d/$file"; done
      for of_a_fence in begun never program before kind group exit; do set -- "$@" "$d/$of_a_fence".*; done
    fi
  fi
  clean="$clean $name"
done
[ $# -eq 0 ] || rm -rf -- "$@"
say "clean$clean"
