# What lies in control directory $d: the program may have put something else there.
# The last word of the wrapper is there.
has_ended() { [ -s "$d/exit" ] && [ -f "$d/exit" ]; }
# True for a file that output can be read from.
is_output() { [ -f "$1" ] && ! [ -L "$1" ]; }
