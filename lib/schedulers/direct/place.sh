# What lies in the working directory, where the program has its place.
# True when the program, named $1, cannot lie there: something is that is no file.
is_taken() { [ -L "./$1" ] || { [ -e "./$1" ] && ! [ -f "./$1" ]; }; }
taken='there is something of that name that is no file'
# True when nothing but a program named $1 lies there.
is_alone() {
  set -- "$1" * .[!.]* ..?*
  [ $# -eq 4 ] && [ "$2 $3 $4" = "$1 .[!.]* ..?*" ]
}
