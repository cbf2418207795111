# Becomes bwrap (or setpriv and then bwrap) inside the cgroups of one sandbox; run as `bash -c`. Arguments: GROUPS FOLDERS COMMAND...
# GROUPS are cgroup.procs files and FOLDERS are NAME=PATH (folders that the sandbox's user might not reach), colons between them.
set -eu
groups=$1 folders=$2
shift 2

IFS=:
# Joined before anything else runs, so that no process of the sandbox is ever outside.
for file in $groups; do echo $$ >"$file"; done

# What is in here goes first when the machine has no memory left: before the grader, and before everything else on it.
echo 1000 2>/dev/null >/proc/self/oom_score_adj || :

# A folder below a home that only root may enter is shown on a public path. The mount namespace is private: nothing stays behind.
if [ -n "$folders" ]; then /bin/mount -t tmpfs -o mode=755,size=64k tinylab /mnt; fi
for folder in $folders; do
  /bin/mkdir "/mnt/${folder%%=*}"
  /bin/mount --rbind "${folder#*=}" "/mnt/${folder%%=*}"
done
unset IFS

# Only stdio, the channel (3) and what bwrap reads and closes may cross: its argument list (4), the filter of system calls (5).
for path in /proc/self/fd/*; do
  fd=${path##*/}
  if [ "$fd" -gt 5 ]; then eval "exec $fd>&-"; fi
done
ulimit -c 0
ulimit -n 1024
if [ -n "${PROCESSES:-}" ]; then ulimit -u "$PROCESSES"; fi
exec /usr/bin/env -i "$@"
