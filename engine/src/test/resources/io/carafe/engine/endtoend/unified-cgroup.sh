# What UnifiedCgroupIT looks at, run by build/vm. $1: the program, $2: a JDK. For every check a line "== NAME", its
# output, and a line "-- EXIT CODE".
program=$1
jdk=$2

# A box that hangs fails its own check, and not the whole machine's time.
carafe() {
    timeout -k 2 90 "$program" "$@"
}

check() {
    echo "== $1"
    shift
    "$@" 2>&1
    echo "-- $?"
}

groups() {
    find /sys/fs/cgroup -mindepth 1 -type d
}

# await COMMAND: waits for its success, at most 30 seconds
await() {
    tries=0
    while ! "$@"; do
        [ $tries -lt 300 ] || return
        tries=$((tries + 1))
        sleep 0.1
    done
}

check cold env CARAFE_DAEMON=off timeout -k 2 90 "$program" run -m 64m host echo ran
check processes carafe run host ps -e -o pid=,comm=
check memory carafe run -m 64m host dd if=/dev/zero of=/dev/null bs=1G count=1
check own carafe run -m 64m --cpus 0.5 --pids-limit 20 host sh -c '
    cat /proc/self/cgroup
    cd /sys/fs/cgroup
    stat -f -c %T .
    cat memory.max memory.swap.max cpu.max pids.max
    mkdir sub
    i=0
    while [ $i -lt 20000 ]; do i=$((i + 1)); done
    grep nr_throttled cpu.stat'
check resources carafe run -m 64m --memory-swap 96m --memory-reservation 32m --memory-high 48m -c 512 --cpu-quota 50000 \
    --cpu-period 200000 --cpu-burst 10000 --cpuset-cpus 0 --cpuset-mems 0 --blkio-weight 100 --hugepages 2MB=4m \
    --unified memory.oom.group=1 host sh -c '
    cd /sys/fs/cgroup
    cat memory.max memory.swap.max memory.low memory.high cpu.weight cpu.max cpu.max.burst cpuset.cpus cpuset.mems \
        io.weight hugetlb.2MB.max hugetlb.2MB.rsvd.max memory.oom.group
    grep allowed_list /proc/self/status'
check not-here carafe run --memory-swappiness 10 --oom-kill-disable --cpu-rt-runtime 950 --cpuset-cpus 5 \
    --unified nothing.max=1 host true
check devices carafe run --cap-add MKNOD --cap-add SYS_ADMIN --security-opt seccomp=unconfined \
    --device /dev/fuse:/dev/my/fuse:r host sh -c '
    mknod /srv/null c 1 3 && echo a >/srv/null && echo null opens
    mknod /srv/disk b 254 0
    mkdir /all && mount -t devtmpfs all /all && cat /all/kmsg
    : </dev/my/fuse && echo fuse opens
    : >/dev/my/fuse'
check all-devices carafe run --cap-add MKNOD --device-cgroup-rule "a *:* rwm" host sh -c '
    mknod /srv/fuse c 10 229 && : <>/srv/fuse && echo opens'
mkdir /sys/fs/cgroup/parent
check parent carafe run --cgroup-parent parent --pids-limit -1 host sh -c '
    cat /proc/self/cgroup; ls -d /sys/fs/cgroup/cgroup.type'
echo -memory >/sys/fs/cgroup/cgroup.subtree_control
check no-memory-below carafe run --cgroup-parent parent -m 64m host true
check no-parent carafe run --cgroup-parent nowhere host true
rmdir /sys/fs/cgroup/parent
check processes-limit carafe run --pids-limit 20 host perl -e \
    'for (1 .. 50) { my $p = fork; last if !defined $p; if (!$p) { sleep 60; exit } $n++ } print "$n\n"'
check no-group carafe run --pids-limit -1 host sh -c 'cat /proc/self/cgroup; ls /sys/fs/cgroup'
check bind carafe run -v /etc:/mnt:ro host ls /mnt/passwd
check java carafe run -m 200m --cpus 0.5 host "$jdk/bin/java" -XshowSettings:system -version

# a front that is killed while its box runs
one_group() { [ "$(groups | wc -l)" = 1 ] && grep -q . "$(groups)/cgroup.procs"; }
no_group() { [ -z "$(groups)" ]; }
killed() {
    "$program" run -m 64m host sleep 1000 &
    await one_group
    groups | sed 's/-[0-9a-f]*$/-ID/'
    kill -KILL $!
    await no_group
    pgrep -x sleep
}
check killed killed

# a container with a cgroup namespace, and processes in its root group
container() {
    mkdir /sys/fs/cgroup/container
    sh -c 'echo $$ >/sys/fs/cgroup/container/cgroup.procs
        exec unshare --cgroup --mount sh -c "$1" sh "$2"' sh '
            umount /sys/fs/cgroup
            mount -t cgroup2 cgroup2 /sys/fs/cgroup
            export CARAFE_DAEMON=off
            timeout -k 2 90 "$1" run host echo ran
            timeout -k 2 90 "$1" run -m 64m host echo ran
            cat /sys/fs/cgroup/cgroup.type
            mkdir /sys/fs/cgroup/below
            for process in $(cat /sys/fs/cgroup/cgroup.procs); do # cat is one of them, and has ended
                echo $process >/sys/fs/cgroup/below/cgroup.procs
            done 2>/dev/null
            timeout -k 2 90 "$1" run -m 64m host cat /sys/fs/cgroup/memory.max
        ' "$program"
}
check container container

check doctor carafe doctor --require cgroup-layout,cgroup-kill,cgroup-freeze,device-programs,cap-sys-resource,apparmor,modules
check doctor-missing carafe doctor --require freezer-v1 --format json

check enabled cat /sys/fs/cgroup/cgroup.subtree_control
check left find /sys/fs/cgroup -name 'carafe-*'
