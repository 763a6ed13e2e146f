# A process id alone is used again: with its start time and the boot id it is one process.
# Sets `seen_since` and `seen_boot` for process $1, without a process of its own where there is /proc.
look_at() {
  if read -r stat 2>/dev/null <"/proc/$1/stat"; then
    stat=${stat##*) }
    set -- $stat
    shift 19
    seen_since=$1
  else
    seen_since=$(ps -o lstart= -p "$1" 2>/dev/null | tr -d ' ')
  fi
  read -r seen_boot 2>/dev/null </proc/sys/kernel/random/boot_id || seen_boot=none
}
