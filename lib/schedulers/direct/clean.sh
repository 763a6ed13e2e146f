# On standard input, after the mark: a line for each attempt, the name of its control directory and its remote directory.
# Says which are clean, or are not there; a program that still runs keeps what it needs. `claim` stays, and `exit`, so that
# who comes late finds them at once; and without `exit` also `pid`, which keeps a late wrapper from its program.
clean=
while IFS= read -r line; do
  name=${line%% *}
  find_directory "${line#* }"
  control=$directory/.drs/$name
  if [ -d "$control" ]; then
    if [ -e "$control/exit" ]; then
      set -- "$@" "$control/pid"
    elif is_running "$control"; then
      continue
    fi
    [ -d "$control/claim" ] || mkdir "$control/claim"
    for file in out err start probe problem group timeout cancel fetch exit.part; do
      set -- "$@" "$control/$file"
    done
    set -- "$@" "$control"/program.*
  fi
  clean="$clean $name"
done
[ $# -eq 0 ] || rm -f -- "$@"
say "clean$clean"
