# Becomes bwrap (or setpriv and then bwrap) inside the cgroups of one sandbox; run as `bash -c`. Arguments: GROUPS PROJECT COMMAND...
# GROUPS is a list of cgroup.procs files, colons between them; PROJECT is empty, or a folder that the sandbox's user might not reach.
set -eu
groups=$1 project=$2
shift 2

# Joined before anything else runs, so that no process of the sandbox is ever outside.
IFS=:
for file in $groups; do echo $$ >"$file"; done
unset IFS

# A project below a home that only root may enter is shown on a public path. The mount namespace is private: nothing stays behind.
if [ -n "$project" ]; then
  /bin/mount -t tmpfs -o mode=755,size=64k tinylab /mnt
  /bin/mkdir /mnt/project
  /bin/mount --rbind "$project" /mnt/project
fi

# Only stdio, the channel (3) and bwrap's argument list (4) may cross.
for path in /proc/self/fd/*; do
  fd=${path##*/}
  if [ "$fd" -gt 4 ]; then eval "exec $fd>&-"; fi
done
ulimit -c 0
ulimit -n 1024
if [ -n "${PROCESSES:-}" ]; then ulimit -u "$PROCESSES"; fi
exec /usr/bin/env -i "$@"
