# What lies in control directory $d: the program may have put something else there.
# The last word of the wrapper is there.
has_ended() { [ -s "$d/exit" ] && [ -f "$d/exit" ]; }
# True for a file that output can be read from.
is_output() { [ -f "$1" ] && ! [ -L "$1" ]; }
# The program may have taken away the right to read what it wrote.
unlock_output() {
  [ -r "$d/out" ] && [ -r "$d/err" ] || {
    chmod u+rwx "$root" "$d"
    chmod u+rw "$d/out" "$d/err"
  } 2>/dev/null
}
