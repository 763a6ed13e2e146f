# The claim stays: whoever comes late must find it.
cd -- "$directory" || exit 91
cd "$control" && rm -f out err start probe problem program.* pid group timeout fetch exit.part
