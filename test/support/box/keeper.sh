# Keeps what a box has beyond its processes: its files, in memory, and its cgroup. Runs in a mount namespace
# of its own, so that both its mounts and the files in them are gone with it. Ends when its standard input
# does, be it that the test is done or that it was killed, and ends everything in the box with it.
#   $1  the name of the box        $2  a directory that is copied over its root, if any
set -eu
trap '' HUP INT TERM

mount -t tmpfs -o size=4g,mode=755 "$1" /mnt
cd /mnt
mkdir upper work root cgroup
mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 cgroup
# Below the test's own cgroup: what limits the test limits the box.
own=$(sed -n 's/^0:://p' /proc/self/cgroup)
cgroup=/mnt/cgroup${own%/}/$1

sweep() {
  for attempt in $(seq 200); do
    find "$cgroup" -name cgroup.procs -exec cat {} + | xargs -r kill -KILL 2> /dev/null || true
    find "$cgroup" -depth -type d -exec rmdir {} + 2> /dev/null && return
    sleep 0.02
  done
  echo "could not remove the cgroup $cgroup" >&2
  exit 1
}
mkdir "$cgroup"
trap sweep EXIT

# Not the machine's own: whoever runs the tests keeps their files, their units and their databases.
hidden='root home opt etc/systemd/system var/log var/lib/mysql'
for folder in $hidden; do
  mkdir -p "upper/${folder%/*}"
  rm -rf "upper/$folder"
  mknod "upper/$folder" c 0 0 # to the overlay: deleted
done
mount -t overlay -o lowerdir=/,upperdir=upper,workdir=work overlay root
for folder in $hidden; do
  mkdir "root/$folder"
done
chmod 700 root/root
mkdir root/var/log/journal
mkdir -p root/proc root/sys root/dev root/run root/tmp
rm -f root/etc/machine-id root/etc/hostname root/etc/rc?.d/[SK]*
tr -d - < /proc/sys/kernel/random/uuid > root/etc/machine-id
: > root/etc/fstab
[ -z "$2" ] || cp -a "$2/." root

echo "$cgroup"
cat > /dev/null
