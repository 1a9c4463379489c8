# What AppArmorIT looks at, run by build/vm. $1: the runtime. For every check a line "== NAME", its output, and a line
# "-- EXIT CODE".
runtime() {
    timeout -k 2 90 "$program" "$@"
}

check() {
    echo "== $1"
    shift
    "$@" 2>&1
    echo "-- $?"
}

program=$1
mountpoint -q /sys/kernel/security || mount -t securityfs none /sys/kernel/security
bundle=$(mktemp -d)
mkdir -p "$bundle/rootfs/bin" "$bundle/rootfs/proc" "$bundle/rootfs/dev"
cp /bin/busybox "$bundle/rootfs/bin"
for name in sh cat sleep; do
    ln -s busybox "$bundle/rootfs/bin/$name"
done
echo secret >"$bundle/rootfs/secret"
apparmor_parser -r -K <<'END' || exit 99
profile carafe-test flags=(attach_disconnected,mediate_deleted) {
  file,
  capability,
  signal,
  deny /secret r,
}
END

# config PROFILE NAMESPACE MORE COMMAND
config() {
    cat >"$bundle/config.json" <<END
{"ociVersion": "1.3.0", "root": {"path": "rootfs"},
 "process": {"apparmorProfile": "$1", "cwd": "/", "args": ["sh", "-c", "$4"], "env": ["PATH=/bin"],
             "user": {"uid": 0, "gid": 0}, "noNewPrivileges": true},
 "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"},
            {"destination": "/dev", "type": "tmpfs", "source": "tmpfs"}],
 "linux": {$3 "namespaces": [{"type": "pid"}, {"type": "mount"}, {"type": "$2"}]}}
END
}

ids='"uidMappings": [{"containerID": 0, "hostID": 100000, "size": 10}],
     "gidMappings": [{"containerID": 0, "hostID": 100000, "size": 10}],'
look='cat /proc/self/attr/current; cat /secret'
config carafe-test network '' "$look"
check confined runtime run -b "$bundle" a
config carafe-none network '' "$look"
check unknown runtime run -b "$bundle" b
config carafe-test user "$ids" "$look"
check users runtime run -b "$bundle" c
config carafe-test network '' 'sleep 1000'
check detached runtime run -d -b "$bundle" d
check exec runtime exec d sh -c "$look"
check deleted runtime delete -f d
