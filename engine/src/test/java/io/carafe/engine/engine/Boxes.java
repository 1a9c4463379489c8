package io.carafe.engine.engine;

import io.carafe.engine.engine.RunOptions.Control;
import io.carafe.engine.engine.RunOptions.Filter;
import io.carafe.engine.engine.RunOptions.Ids;
import io.carafe.engine.engine.RunOptions.Image;
import io.carafe.engine.engine.RunOptions.Limits;
import io.carafe.engine.engine.RunOptions.Network;
import io.carafe.engine.engine.RunOptions.Security;
import io.carafe.engine.engine.RunOptions.Sharing;
import io.carafe.engine.engine.RunOptions.Streams;
import io.carafe.engine.engine.RunOptions.Traits;
import io.carafe.sandbox.host.Cgroups;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.host.Kernel;
import io.carafe.sandbox.host.Privileges;
import io.carafe.sandbox.host.UserNamespaces;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.Mount;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/// Options and a machine to start from.
public final class Boxes {
    /// A machine without control groups: a plan for it is short.
    public static final Host HOST = new Host(
            Kernel.of("6.1.0-38-amd64", "x86_64"),
            new Privileges(0, 0, 0, (1L << 40) - 1, (1L << 40) - 1, (1L << 40) - 1, 0, 39),
            UserNamespaces.INITIAL,
            Cgroups.NONE,
            List.of("cgroup", "ipc", "mnt", "net", "pid", "uts"),
            List.of("mqueue", "overlay", "proc", "sysfs", "tmpfs"),
            List.of("allow", "errno", "kill_process"),
            List.of("clone3", "openat2"),
            List.of(),
            2,
            1L << 32,
            7);

    static final String ID = "0123456789abcdef";

    private Boxes() {}

    /// An engine of that machine.
    public static Engine engine() {
        return new Engine(() -> HOST, () -> ID);
    }

    static Spec spec(RunOptions options) {
        return BoxSpec.of(options, HOST, ID, Connector.NONE);
    }

    /// What can be asked for: nothing at first but a program of this machine.
    static final class Draft {
        Image image = new Image.Host();
        List<String> command = List.of("true");
        List<String> environment = List.of();
        String entrypoint;
        String user = "";
        String workdir = "";
        List<Mount> mounts = List.of();
        Network network = Network.NONE;
        Ids ids = new Ids.OfHost();
        Security security = new Security(0, 0, false, new Filter.Unconfined());
        Limits limits = new Limits(null, null, null, List.of(), Duration.ZERO);
        Streams streams = new Streams(false, false, 0, 0);

        private RunOptions options() {
            return new RunOptions(
                    image,
                    entrypoint,
                    command,
                    environment,
                    user,
                    workdir,
                    "",
                    "",
                    false,
                    mounts,
                    network,
                    Sharing.NOTHING,
                    ids,
                    security,
                    limits,
                    Control.NONE,
                    streams,
                    null,
                    Traits.USUAL,
                    RunOptions.Files.DEFAULT);
        }
    }

    static RunOptions options(Consumer<Draft> change) {
        var draft = new Draft();
        change.accept(draft);
        return draft.options();
    }

    static RunOptions of(String... command) {
        return options(it -> it.command = List.of(command));
    }

    static Host with(Cgroups cgroups) {
        return new Host(
                HOST.kernel(),
                HOST.privileges(),
                HOST.userNamespaces(),
                cgroups,
                HOST.namespaces(),
                HOST.filesystems(),
                HOST.seccompActions(),
                HOST.calls(),
                HOST.securityModules(),
                HOST.processors(),
                HOST.memory(),
                HOST.landlock());
    }
}
