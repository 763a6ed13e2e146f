# A process id alone is used again: with its start time it is one process of its machine.
# Sets `since`, the start time of process $1, and `state`; fails when there is none. Without a process of its own where there is /proc.
since_of() {
  since= state=
  if [ -d /proc/self ]; then
    read -r stat 2>/dev/null <"/proc/$1/stat" || return 1
    set -- ${stat##*) }
    state=$1
    case $state in [ZX]) return 1 ;; esac
    shift 19
    since=$1
  else
    since=$(ps -o lstart= -p "$1" 2>/dev/null | tr -d ' ')
    [ -n "$since" ]
  fi
}
is_alive() { since_of "$1" && [ "$since" = "$2" ]; }
# Sets `machine`: a reboot, another node behind the same name, and another container each have one of their own.
find_machine() {
  read -r host 2>/dev/null </proc/sys/kernel/hostname || host=$(uname -n)
  read -r boot 2>/dev/null </proc/sys/kernel/random/boot_id || boot=$(sysctl -n kern.boottime 2>/dev/null | tr -dc '0-9')
  since_of 1
  machine=$host:${boot:-unknown}:${since:-unknown}
}
# What starts a command in a session of its own, so that neither a lost connection nor `kill 0` reaches it.
find_apart() {
  if command -v setsid >/dev/null 2>&1; then
    apart=setsid
  elif command -v perl >/dev/null 2>&1; then
    apart='perl -MPOSIX -e POSIX::setsid();exec@ARGV'
  elif command -v python3 >/dev/null 2>&1; then
    apart='python3 -c (__import__("os").setsid(),__import__("os").execvp(__import__("sys").argv[1],__import__("sys").argv[1:]))'
  else
    apart=
    # Where that fails, a bare `set` ends some shells (POSIX).
    command set -m
  fi 2>/dev/null
}
short_sleep() { sleep "0.$1" 2>/dev/null || sleep 1; }
# True while the control root at $1 is the one with id $2.
is_root() { read -r found 2>/dev/null <"$1/id" && [ "$found" = "$2" ]; }
# False when process $1, which lives, sees another folder at path $2 than this one does: something was mounted over it here, or
# there. Where nobody can tell, or it ends in that moment, true.
sees_alike() { [ "/proc/$1/root$2" -ef "$2" ] || ! [ -e "/proc/$1/root/." ]; }
