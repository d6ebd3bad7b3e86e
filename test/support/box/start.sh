# The first process of the new namespaces: mounts what a system expects, and becomes systemd.
#   $1  the capabilities that the box does without, for setpriv
set -eu
umask 022
read -r pid _ < /proc/self/stat # the number by which the host knows this process
cd /mnt/root

mount -t proc -o nosuid,nodev,noexec proc proc
for entry in sys irq bus sysrq-trigger; do # nothing in the box may turn a knob of the host
  [ -e "proc/$entry" ] || continue
  mount --bind "proc/$entry" "proc/$entry"
  mount -o remount,bind,ro,nosuid,nodev,noexec "proc/$entry"
done
cat /proc/sys/kernel/random/uuid > /mnt/boot_id # each boot has its own
mount --bind /mnt/boot_id proc/sys/kernel/random/boot_id
mount -o remount,bind,ro proc/sys/kernel/random/boot_id

mount -t sysfs -o ro,nosuid,nodev,noexec sysfs sys
mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 sys/fs/cgroup

mount -t tmpfs -o mode=755,nosuid,noexec,size=1m tmpfs dev
while read -r name major minor; do
  mknod -m 666 "dev/$name" c "$major" "$minor"
done << 'LIST'
null 1 3
zero 1 5
full 1 7
random 1 8
urandom 1 9
tty 5 0
LIST
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5,nosuid,noexec devpts dev/pts
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s /proc/self/fd/0 dev/stdin
ln -s /proc/self/fd/1 dev/stdout
ln -s /proc/self/fd/2 dev/stderr
mount -t tmpfs -o mode=755,nosuid,nodev,size=256m tmpfs run
mount -t tmpfs -o mode=1777,nosuid,nodev,size=1g tmpfs tmp

hostname box
mkdir -p .old
pivot_root . .old
umount -l .old # from here on there is nothing but the box
rmdir .old
cd /
mount --make-rshared / # LoadCredential needs it

echo "$pid"
exec env -i container=box LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  setpriv --inh-caps=-all --bounding-set="$1" \
  /lib/systemd/systemd --system --unit=multi-user.target --log-target=journal --show-status=no
