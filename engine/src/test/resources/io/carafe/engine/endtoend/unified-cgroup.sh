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

# a program that makes a forbidden call, on a file system whose files can be shown with other owners
forbidden() {
    kept=/var/forbidden
    root=$kept/root
    mkdir $kept $root
    mount -t tmpfs root $root
    mkdir $root/dev $root/proc $root/sys $root/tmp $root/work
    cp -L --parents /usr/bin/perl /usr/bin/sleep $(ldd /usr/bin/perl /usr/bin/sleep | grep -o '/[^ :]* ' | sort -u) $root
    carafe judge --wall-time 60s --cpu-time 30s -e LC_ALL=C --rootfs $root --evidence $kept/snapshots perl -e '
        exec "/usr/bin/sleep", "1000" if !fork;
        open my $file, ">", "/work/mine"; print $file "mine\n"; close $file;
        syscall 165, 0, 0, 0, 0, 0' 2>&1 | sed 's/)): .*/))/'
    carafe forensics show $kept/snapshots/2* | grep -E '^(call|box|note)'
    for process in $kept/snapshots/2*/process-*; do
        grep -o '"stopped".*' $process/threads.json
    done
    cat $kept/snapshots/2*/files/*
    carafe forensics verify $kept/snapshots/audit.log | sed 's/head.*/head/'
    umount $root
}
check forbidden forbidden

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

# an ordinary user whom root has given a group, and what is below it
user() { # user GROUP COMMAND…: as that user, from that group, with one daemon for all
    group=$1
    shift
    sh -c 'echo $$ >"$1/cgroup.procs" && shift && exec setpriv --reuid 1000 --regid 1000 --clear-groups \
        env XDG_RUNTIME_DIR=/run/user-1000 "$@"' sh "/sys/fs/cgroup/$group" "$@"
}
user_carafe() {
    group=$1
    shift
    user "$group" timeout -k 2 90 "$program" "$@"
}
give() {
    mkdir "$1"
    chown 1000 "$1" "$1/cgroup.procs" "$1/cgroup.subtree_control" "$1/cgroup.threads"
}
given=/sys/fs/cgroup/given
mkdir -m 700 /run/user-1000
chown 1000 /run/user-1000
echo "+cpu +memory +pids" >/sys/fs/cgroup/cgroup.subtree_control
give $given
give $given/shell
give /sys/fs/cgroup/alone
check user-memory user_carafe given/shell run -m 64m host dd if=/dev/zero of=/dev/null bs=1G count=1
check user-processes user_carafe given/shell run --pids-limit 20 host perl -e \
    'for (1 .. 50) { my $p = fork; last if !defined $p; if (!$p) { sleep 60; exit } $n++ } print "$n\n"'
check user-own user_carafe given/shell run -m 64m --cpus 0.5 host sh -c '
    cat /proc/self/cgroup
    cd /sys/fs/cgroup
    stat -f -c %T .
    cat memory.max cpu.max pids.max
    mkdir sub'
check user-nesting user_carafe given/shell run -m 64m --security-opt nesting host sh -c '
    unshare -UrmC sh -c "mount -t cgroup2 none /mnt && cat /mnt/memory.max
        echo max >/mnt/memory.max; echo 9 >/mnt/cgroup.max.descendants; mkdir /mnt/sub
        cat /mnt/memory.max"'
user given/shell mkdir $given/below
check user-parent user_carafe given/shell run --cgroup-parent given/below --pids-limit 9 host cat /sys/fs/cgroup/pids.max
check user-not-here user_carafe . run -m 64m host true
check user-no-limit user_carafe . run host echo ran
check user-other-parent user_carafe given/shell run --cgroup-parent alone host true
check user-no-parent user_carafe . run --cgroup-parent given/below host true
check user-inside user_carafe alone run -m 64m host true
user_group() { find $given -name 'carafe-*'; }
user_runs() { grep -q . "$(user_group)/cgroup.procs" 2>/dev/null; }
user_left() { [ -z "$(user_group)" ]; }
user_killed() {
    (user given/shell sh -c 'echo $$ >/run/user-1000/front; exec "$@"' sh "$program" run -m 64m host sleep 1000) 2>/dev/null &
    await user_runs
    user_group | sed 's/-[0-9a-f]*$/-ID/'
    kill -KILL "$(cat /run/user-1000/front)"
    await user_left
    pgrep -x sleep
}
check user-killed user_killed
check user-left sh -c 'find $0 /sys/fs/cgroup/alone -mindepth 1 -type d | sort' $given
rmdir $given/below

check doctor carafe doctor --require cgroup-layout,cgroup-kill,cgroup-freeze,device-programs,cap-sys-resource,apparmor,modules
check doctor-missing carafe doctor --require freezer-v1 --format json

check enabled cat /sys/fs/cgroup/cgroup.subtree_control
check left find /sys/fs/cgroup -name 'carafe-*'
