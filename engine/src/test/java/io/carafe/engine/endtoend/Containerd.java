package io.carafe.engine.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// containerd on a [Machine], our runtime that of its pods, with an image under three names: two for `ctr` and pods,
/// and `localhost/pause:1` for what holds a pod's namespaces.
final class Containerd {
    static final String IMAGE = "localhost/busybox:1";

    private Containerd() {}

    static void start(Machine machine) {
        TestImage.layout(machine.directory(), IMAGE, "localhost/pause:1");
        try {
            Files.writeString(machine.directory().resolve("containerd.toml"), """
                    version = 2
                    root = "%1$s/containerd"
                    state = "/run/containerd"
                    disabled_plugins = ["io.containerd.snapshotter.v1.devmapper"]
                    [grpc]
                      address = "%1$s/containerd.sock"
                    [plugins."io.containerd.grpc.v1.cri"]
                      sandbox_image = "localhost/pause:1"
                      restrict_oom_score_adj = true # of pods, which is -998: it takes CAP_SYS_RESOURCE
                      [plugins."io.containerd.grpc.v1.cri".containerd]
                        default_runtime_name = "runc"
                        [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
                          runtime_type = "io.containerd.runc.v2"
                        [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.carafe]
                          runtime_type = "io.containerd.runc.v2"
                          [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.carafe.options]
                            BinaryName = "%2$s"
                      [plugins."io.containerd.grpc.v1.cri".cni]
                        bin_dir = "/usr/lib/cni"
                        conf_dir = "%1$s/cni"
                    """.formatted(
                            machine.directory(), Machine.RUNTIME));
            Path cni = Files.createDirectories(machine.directory().resolve("cni"));
            Files.writeString(cni.resolve("pods.conflist"), """
                    {"cniVersion": "0.4.0", "name": "pods", "plugins": [
                      {"type": "bridge", "bridge": "pods", "isGateway": true, "hairpinMode": true,
                       "ipam": {"type": "host-local", "dataDir": "/run/cni-addresses",
                                "ranges": [[{"subnet": "10.88.0.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}}]}
                    """);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        again(machine);
        machine.get("ctr -a $dir/containerd.sock image import --all-platforms $dir/layout.tar");
        machine.get("ctr -a $dir/containerd.sock -n k8s.io image import --all-platforms $dir/layout.tar");
    }

    /// On what one that has ended left.
    static void again(Machine machine) {
        machine.daemon("containerd", "containerd -c $dir/containerd.toml", "ctr -a $dir/containerd.sock version");
    }
}
