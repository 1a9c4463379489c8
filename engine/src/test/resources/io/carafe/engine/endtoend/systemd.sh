# What SystemdIT looks at, run by build/vm: the runtime on a machine of systemd's. $1: carafe-runtime, $2: a JDK. For
# every check a line "== NAME", its output, and a line "-- EXIT CODE".
program=$1
export JAVA_HOME=$2
bundle=/srv/bundle
unit=system.slice/runc-web.scope
group=/sys/fs/cgroup/$unit

check() {
    echo "== $1"
    shift
    "$@" 2>&1
    echo "-- $?"
}

# await COMMAND: waits for its success, at most 60 seconds
await() {
    tries=0
    while ! "$@"; do
        [ $tries -lt 600 ] || return
        tries=$((tries + 1))
        sleep 0.1
    done
}

# systemd as the first process of a PID namespace, with a cgroup namespace whose root is its own
start_systemd() {
    unshare --fork --pid --mount --mount-proc --cgroup sh -c '
        mount -t tmpfs -o mode=755 tmpfs /run
        mkdir /run/systemd
        export container=carafe
        exec /lib/systemd/systemd --system --unit=basic.target --show-status=no' >/dev/null 2>&1 &
    await pgrep -P $! >/dev/null
    systemd=$(pgrep -P $!)
    await inside test -S /run/systemd/private
    await inside test -S /run/dbus/system_bus_socket
}

inside() {
    nsenter -t "$systemd" -a "$@"
}

runtime() {
    inside env CARAFE_DAEMON="$daemon" timeout -k 2 90 "$program" --systemd-cgroup "$@"
}

# config CGROUPS_PATH ANNOTATION VALUE
config() {
    cat >$bundle/config.json <<EOF
{"ociVersion": "1.2.0", "root": {"path": "rootfs"}, "annotations": {"$2": "$3"},
 "process": {"user": {"uid": 0, "gid": 0}, "cwd": "/", "env": ["PATH=/bin"], "args": ["sleep", "1000"],
  "capabilities": {"bounding": ["CAP_MKNOD"], "effective": ["CAP_MKNOD"], "permitted": ["CAP_MKNOD"]}},
 "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}],
 "linux": {"cgroupsPath": "$1", "namespaces": [{"type": "pid"}, {"type": "mount"}, {"type": "cgroup"}],
  "resources": {"memory": {"limit": 67108864, "swap": 134217728}, "cpu": {"shares": 512, "quota": 50000, "period": 100000},
   "pids": {"limit": 20}, "devices": [{"allow": false}, {"allow": true, "type": "c", "major": 1, "minor": 8, "access": "r"}],
   "unified": {"memory.high": "50331648"}}}}
EOF
}

properties() {
    inside systemctl show -p "$1" "runc-web.scope" | sort
}

# Whether the container may open a device of the host's that wasn't given.
opens() {
    runtime exec web sh -c 'mknod /tmp/$$ c 1 11 && cat </tmp/$$ >/dev/null && echo opens'
}

# ---- without systemd ----

v2() {
    CARAFE_DAEMON=on timeout -k 2 90 "$program" "$@"
}

# v2_config MORE_MOUNTS
v2_config() {
    cat >$bundle/config.json <<EOF
{"ociVersion": "1.2.0", "root": {"path": "rootfs"},
 "process": {"user": {"uid": 1000, "gid": 1000}, "cwd": "/", "env": ["PATH=/bin"], "args": ["sh", "-c", "sleep 1000; true"],
  "capabilities": {"bounding": ["CAP_MKNOD"], "effective": ["CAP_MKNOD"], "permitted": ["CAP_MKNOD"]}},
 "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"},
  {"destination": "/sys/fs/cgroup", "type": "cgroup2", "source": "cgroup2", "options": ["rw", "nosuid", "nodev", "noexec"]}],
 "linux": {"cgroupsPath": "/pod/v2", "namespaces": [{"type": "pid"}, {"type": "mount"}, {"type": "cgroup"}],
  "resources": {"memory": {"limit": 67108864}, "pids": {"limit": 20},
   "devices": [{"allow": false}, {"allow": true, "type": "c", "major": 1, "minor": 7, "access": "rwm"}]}}}
EOF
}

mkdir -p $bundle/rootfs/bin $bundle/rootfs/proc $bundle/rootfs/tmp
cp /bin/busybox $bundle/rootfs/bin
for name in sh sleep cat mknod; do ln -s busybox $bundle/rootfs/bin/$name; done
mkdir -p $bundle/rootfs/sys/fs/cgroup
chmod 1777 $bundle/rootfs/tmp
daemon=on

v2_config
own=/sys/fs/cgroup/pod/v2
check v2-run v2 run -d --bundle $bundle v2
check v2-controllers cat $own/cgroup.controllers
check v2-again v2 --root /run/other run -d --bundle $bundle v2
check v2-owner stat -c %u $own $own/cgroup.procs $own/memory.max
check v2-pause v2 pause v2
check v2-frozen grep frozen $own/cgroup.events
check v2-resume v2 resume v2
check v2-thawed grep frozen $own/cgroup.events
check v2-stats v2 events --stats v2
check v2-members sh -c "$program ps -f json v2 | tr , '\n' | wc -l"
v2 exec -u 0 v2 sh -c 'mknod -m 666 /tmp/full c 1 7'
check v2-full-opens v2 exec v2 sh -c ': </tmp/full && echo opens'
echo '{"devices": [{"allow": false}, {"allow": true, "type": "c", "major": 1, "minor": 3}]}' >/tmp/devices
check v2-update-devices v2 update -r /tmp/devices v2
check v2-full-shut v2 exec v2 sh -c ': </tmp/full && echo opens'
mkdir -p $own/made/by/it # as systemd in a container does
check v2-kill v2 kill -a v2 KILL
await sh -c "CARAFE_DAEMON=on $program state v2 | grep -q stopped"
check v2-delete v2 delete v2
check v2-left find /sys/fs/cgroup -mindepth 1 -type d

# ---- with systemd ----

start_systemd
check systemd inside test -S /run/dbus/system_bus_socket

config :runc:web org.systemd.property.CollectMode "'inactive-or-failed'"
check run runtime run -d --bundle $bundle web
check group inside cat $group/memory.max $group/memory.swap.max $group/memory.high $group/cpu.weight $group/cpu.max \
    $group/pids.max
check own runtime exec web cat /proc/self/cgroup
check members sh -c "nsenter -t $systemd -a cat $group/cgroup.procs | wc -l"
check properties properties \
    MemoryMax,MemorySwapMax,MemoryHigh,CPUWeight,CPUQuotaPerSecUSec,TasksMax,Delegate,Slice,DevicePolicy,CollectMode
check opens runtime exec web sh -c 'mknod /tmp/r c 1 8 && : </tmp/r && echo opens'
check shut opens
inside systemctl daemon-reload
check shut-after-reload opens
check reloaded inside cat $group/memory.max $group/cpu.weight $group/pids.max
check again runtime run -d --bundle $bundle web
check update runtime update --memory 33554432 --memory-swap 33554432 --pids-limit 30 --cpu-quota 20000 web
inside systemctl daemon-reload
check updated inside cat $group/memory.max $group/memory.swap.max $group/pids.max $group/cpu.max
check pause runtime pause web
check frozen inside cat $group/cgroup.freeze
check resume runtime resume web
check second runtime --root /run/other run -d --bundle $bundle web
check kill runtime kill web KILL
await sh -c "nsenter -t $systemd -a env CARAFE_DAEMON=on JAVA_HOME=$JAVA_HOME $program state web | grep -q stopped"
check delete runtime delete web
check gone inside test -e $group
check no-unit inside systemctl is-active runc-web.scope

config slice:runc:web a b
check no-slice runtime run -d --bundle $bundle web
config :runc:web org.systemd.property.ExecStopPost "[('/bin/touch', ['touch', '/run/pwned'], false)]"
check attack runtime run -d --bundle $bundle web
check not-attacked inside test -e /run/pwned

config machine-test.slice:pod:web a b
check sliced runtime run -d --bundle $bundle web
check sliced-own inside sh -c "cat /proc/\$(cat /sys/fs/cgroup/machine.slice/machine-test.slice/pod-web.scope/cgroup.procs)/cgroup"
check sliced-delete runtime delete -f web

inside systemctl stop dbus.socket dbus.service
inside rm -f /run/dbus/system_bus_socket
config :runc:web a b
check direct runtime run -d --bundle $bundle web
check direct-own runtime exec web cat /proc/self/cgroup
check direct-delete runtime delete -f web
check left inside find /sys/fs/cgroup -name 'runc-*' -o -name 'pod-*'
