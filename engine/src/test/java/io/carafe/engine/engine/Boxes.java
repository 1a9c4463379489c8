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
import org.jspecify.annotations.Nullable;

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
        return BoxSpec.of(options, HOST, ID);
    }

    static RunOptions of(String... command) {
        return with(new Image.Host(), List.of(), List.of(), new Streams(false, false, 0, 0), null, command);
    }

    static RunOptions withEnvironment(String... variables) {
        return with(new Image.Host(), List.of(variables), List.of(), new Streams(false, false, 0, 0), null, "true");
    }

    static RunOptions withMounts(Mount... mounts) {
        return with(new Image.Host(), List.of(), List.of(mounts), new Streams(false, false, 0, 0), null, "true");
    }

    /// @param processes as [Limits] has them
    static RunOptions withProcesses(@Nullable Long processes) {
        RunOptions options = of("true");
        return new RunOptions(
                options.image(),
                options.entrypoint(),
                options.command(),
                options.environment(),
                options.user(),
                options.workdir(),
                options.hostname(),
                options.domainname(),
                options.readOnly(),
                options.mounts(),
                options.network(),
                options.sharing(),
                options.ids(),
                options.security(),
                new Limits(null, null, processes, List.of(), Duration.ZERO),
                Control.NONE,
                options.streams(),
                options.init(),
                options.traits(),
                options.files());
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

    static RunOptions with(
            Image image,
            List<String> environment,
            List<Mount> mounts,
            Streams streams,
            @Nullable Boolean init,
            String... command) {
        return new RunOptions(
                image,
                "",
                List.of(command),
                environment,
                "",
                "/",
                "",
                "",
                false,
                mounts,
                Network.NONE,
                Sharing.NOTHING,
                new Ids.OfHost(),
                new Security(0, 0, false, new Filter.Unconfined()),
                new Limits(null, null, null, List.of(), Duration.ZERO),
                Control.NONE,
                streams,
                init,
                Traits.USUAL,
                RunOptions.Files.DEFAULT);
    }

    static RunOptions with(Ids ids, Network network, String user) {
        RunOptions options = of("true");
        return new RunOptions(
                options.image(),
                options.entrypoint(),
                options.command(),
                options.environment(),
                user,
                options.workdir(),
                options.hostname(),
                options.domainname(),
                options.readOnly(),
                options.mounts(),
                network,
                Sharing.NOTHING,
                ids,
                options.security(),
                options.limits(),
                options.control(),
                options.streams(),
                options.init(),
                options.traits(),
                options.files());
    }

    static RunOptions with(RunOptions options, String user) {
        return changed(options, user, options.security());
    }

    static RunOptions with(RunOptions options, Security security) {
        return changed(options, options.user(), security);
    }

    private static RunOptions changed(RunOptions options, String user, Security security) {
        return new RunOptions(
                options.image(),
                options.entrypoint(),
                options.command(),
                options.environment(),
                user,
                options.workdir(),
                options.hostname(),
                options.domainname(),
                options.readOnly(),
                options.mounts(),
                options.network(),
                options.sharing(),
                options.ids(),
                security,
                options.limits(),
                options.control(),
                options.streams(),
                options.init(),
                options.traits(),
                options.files());
    }
}
