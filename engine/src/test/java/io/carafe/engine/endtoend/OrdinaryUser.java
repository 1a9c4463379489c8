package io.carafe.engine.endtoend;

import io.carafe.engine.endtoend.Carafe.Run;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// A user of the machine that the machine knows nothing of: `/etc/passwd` and what else names him lie over the
/// real ones in a mount namespace of his own. There his programs run, `newuidmap` with its set-uid bit among
/// them.
final class OrdinaryUser {
    private static final Duration DEADLINE = Duration.ofSeconds(90);
    static final int UID = 54321;

    private final String ranges;
    private final String asRoot;
    private final String namespaces;

    private OrdinaryUser(String ranges, String asRoot) {
        this(ranges, asRoot, "-m");
    }

    private OrdinaryUser(String ranges, String asRoot, String namespaces) {
        this.ranges = ranges;
        this.asRoot = asRoot;
        this.namespaces = namespaces;
    }

    static OrdinaryUser withRanges() {
        return new OrdinaryUser("tester:500000:65536", "");
    }

    static OrdinaryUser withoutRanges() {
        return new OrdinaryUser("", "");
    }

    static OrdinaryUser withRanges(String ranges) {
        return new OrdinaryUser(ranges, "");
    }

    /// Has root do something before, in the mount namespace that the user is in then.
    OrdinaryUser after(String script) {
        return new OrdinaryUser(ranges, asRoot + "\n" + script, namespaces);
    }

    /// In a network of its own, 10.9.8.2, with a gateway that isn't there and a server on loopback, port 8080;
    /// with a `/dev/net/tun` that everybody may open.
    OrdinaryUser withNetwork() {
        String script = """
                ip link set lo up
                ip link add v0 type veth peer name v1
                ip addr add 10.9.8.2/24 dev v0
                ip link set v0 up
                ip link set v1 up
                ip route add default via 10.9.8.1
                mknod -m 666 $d/tun c 10 200
                mount --bind $d/tun /dev/net/tun
                busybox nc -ll -p 8080 -e echo hello &
                trap "kill $!; umount -l $d; rmdir $d" EXIT
                """;
        return new OrdinaryUser(ranges, script + asRoot, "-mn");
    }

    /// `carafe run ARGUMENTS`
    Run run(String... arguments) {
        String[] words = new String[arguments.length];
        for (int i = 0; i < words.length; i++) {
            words[i] = "'" + arguments[i].replace("'", "'\\''") + "'";
        }
        return shell("$carafe run " + String.join(" ", words));
    }

    /// A script for bash, to which the program is `$carafe`, and `$XDG_RUNTIME_DIR` is the user's. A JVM per
    /// command: no daemon outlives the mount namespace.
    Run shell(String script) {
        return shell("CARAFE_DAEMON=off", script);
    }

    Run shell(String environment, String script) {
        return Carafe.started(
                        Map.of("script", script, "ranges", ranges, "uid", Integer.toString(UID), "asRoot", asRoot),
                        Path.of("/"),
                        List.of("unshare", namespaces, "--propagation", "private", "bash", "-c", """
                        set -e
                        d=$(mktemp -d /tmp/carafe-user.XXXXXX)
                        trap 'umount -l $d; rmdir $d' EXIT
                        mount -t tmpfs -o mode=755 carafe-test $d
                        cp /etc/passwd /etc/group $d
                        echo "tester:x:$uid:$uid::/home/tester:/bin/bash" >>$d/passwd
                        echo "tester:x:$uid:" >>$d/group
                        printf '%%s\\n' "$ranges" | tee $d/subuid >$d/subgid
                        mkdir -m 700 $d/run
                        chown $uid $d/run
                        for f in passwd group subuid subgid; do mount --bind $d/$f /etc/$f; done
                        eval "$asRoot"
                        XDG_RUNTIME_DIR=$d/run %s setpriv --reuid $uid --regid $uid --clear-groups $confined bash -c "$script"
                        """.formatted(
                                        environment)))
                .finish(DEADLINE);
    }
}
