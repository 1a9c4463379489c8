package io.carafe.engine.endtoend;

/// Docker's daemon on a [Machine], our runtime its default, with an image `busybox`.
final class DockerDaemon {
    private DockerDaemon() {}

    static void start(Machine machine, String options) {
        TestImage.tar(machine.directory());
        machine.get("echo {} >$dir/daemon.json"); // not the machine's own
        again(machine, options);
        machine.get("docker import -c 'ENV PATH=/bin' $dir/image.tar busybox");
    }

    /// On what one that has ended left.
    static void again(Machine machine, String options) {
        machine.daemon(
                "dockerd",
                "dockerd --data-root $dir/docker --exec-root /run/docker -p /run/docker.pid --config-file $dir/daemon.json"
                        + " --cgroup-parent $group --add-runtime carafe=$runtime --default-runtime carafe " + options,
                "docker version");
    }
}
