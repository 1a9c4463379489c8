package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.carafe.engine.endtoend.Carafe.Run;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What a kubelet asks containerd for, over its socket: pods, by a RuntimeClass whose handler is our runtime.
@EndToEnd
class CriIT {
    private static Machine machine;
    private static MultiThreadIoEventLoopGroup loop;
    private static ManagedChannel channel;

    @BeforeAll
    static void startContainerd() {
        machine = Machine.with("containerd", "containerd-shim-runc-v2", "ctr", "tini", "busybox");
        Containerd.start(machine);
        loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        channel = NettyChannelBuilder.forAddress(
                        UnixDomainSocketAddress.of(machine.directory().resolve("containerd.sock")))
                .channelType(NioDomainSocketChannel.class, UnixDomainSocketAddress.class)
                .eventLoopGroup(loop)
                .overrideAuthority("localhost")
                .usePlaintext()
                .build();
        await().atMost(Duration.ofSeconds(10))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(kubelet()
                                .status(Cri.StatusRequest.getDefaultInstance())
                                .getStatus()
                                .getConditionsList())
                        .extracting(Cri.RuntimeCondition::getType, Cri.RuntimeCondition::getStatus)
                        .contains(
                                org.assertj.core.groups.Tuple.tuple("RuntimeReady", true),
                                org.assertj.core.groups.Tuple.tuple("NetworkReady", true)));
    }

    @AfterAll
    static void stopContainerd() throws InterruptedException {
        if (channel != null) {
            channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
            loop.shutdownGracefully(0, 10, TimeUnit.SECONDS).await();
        }
        if (machine != null) {
            machine.close();
        }
    }

    @AfterEach
    void removePods() {
        for (Cri.PodSandbox pod : kubelet()
                .listPodSandbox(Cri.ListPodSandboxRequest.getDefaultInstance())
                .getItemsList()) {
            remove(pod.getId());
        }
    }

    private static RuntimeServiceGrpc.RuntimeServiceBlockingStub kubelet() {
        return RuntimeServiceGrpc.newBlockingStub(channel).withDeadlineAfter(Duration.ofSeconds(30));
    }

    /// As a kubelet describes a pod.
    private static Cri.PodSandboxConfig.Builder pod(String name) {
        return Cri.PodSandboxConfig.newBuilder()
                .setMetadata(Cri.PodSandboxMetadata.newBuilder()
                        .setName(name)
                        .setUid("uid-" + name)
                        .setNamespace("default"))
                .setHostname(name)
                .setLogDirectory(machine.directory().resolve("logs-" + name).toString())
                .setDnsConfig(
                        Cri.DNSConfig.newBuilder().addServers("10.96.0.10").addSearches("cluster.local"))
                .putLabels("io.kubernetes.pod.name", name)
                .setLinux(Cri.LinuxPodSandboxConfig.newBuilder()
                        .setCgroupParent(machine.group() + "/" + name)
                        .setSecurityContext(Cri.LinuxSandboxSecurityContext.newBuilder()
                                .setNamespaceOptions(
                                        Cri.NamespaceOption.newBuilder().setPid(Cri.NamespaceMode.CONTAINER))
                                .setSeccomp(Cri.SecurityProfile.newBuilder()
                                        .setProfileType(Cri.SecurityProfile.ProfileType.RuntimeDefault))));
    }

    /// On the machine's own network.
    private static Cri.PodSandboxConfig.Builder hostNetwork(String name) {
        Cri.PodSandboxConfig.Builder pod = pod(name);
        pod.getLinuxBuilder()
                .getSecurityContextBuilder()
                .getNamespaceOptionsBuilder()
                .setNetwork(Cri.NamespaceMode.NODE);
        return pod.clearHostname();
    }

    private static String run(Cri.PodSandboxConfig pod) {
        return kubelet()
                .runPodSandbox(Cri.RunPodSandboxRequest.newBuilder()
                        .setConfig(pod)
                        .setRuntimeHandler("carafe")
                        .build())
                .getPodSandboxId();
    }

    private static Cri.ContainerConfig.Builder container(String name, String... command) {
        return Cri.ContainerConfig.newBuilder()
                .setMetadata(Cri.ContainerMetadata.newBuilder().setName(name))
                .setImage(Cri.ImageSpec.newBuilder().setImage(Containerd.IMAGE))
                .addAllCommand(List.of(command))
                .setLogPath(name + ".log")
                .setLinux(Cri.LinuxContainerConfig.newBuilder()
                        .setResources(Cri.LinuxContainerResources.newBuilder()
                                .setCpuShares(256)
                                .setMemoryLimitInBytes(64 << 20)
                                .setOomScoreAdj(900))
                        .setSecurityContext(Cri.LinuxContainerSecurityContext.newBuilder()
                                .setNamespaceOptions(
                                        Cri.NamespaceOption.newBuilder().setPid(Cri.NamespaceMode.CONTAINER))
                                .addMaskedPaths("/proc/version")
                                .addReadonlyPaths("/proc/sys")));
    }

    private static String create(String id, Cri.PodSandboxConfig pod, Cri.ContainerConfig container) {
        return kubelet()
                .createContainer(Cri.CreateContainerRequest.newBuilder()
                        .setPodSandboxId(id)
                        .setConfig(container)
                        .setSandboxConfig(pod)
                        .build())
                .getContainerId();
    }

    private static String start(String id, Cri.PodSandboxConfig pod, Cri.ContainerConfig container) {
        String created = create(id, pod, container);
        assertThat(status(created).getState()).isEqualTo(Cri.ContainerState.CONTAINER_CREATED);
        kubelet()
                .startContainer(Cri.StartContainerRequest.newBuilder()
                        .setContainerId(created)
                        .build());
        return created;
    }

    private static Cri.ContainerStatus status(String container) {
        return kubelet()
                .containerStatus(Cri.ContainerStatusRequest.newBuilder()
                        .setContainerId(container)
                        .build())
                .getStatus();
    }

    private static Run exec(String container, String... command) {
        Cri.ExecSyncResponse response = kubelet()
                .execSync(Cri.ExecSyncRequest.newBuilder()
                        .setContainerId(container)
                        .addAllCmd(List.of(command))
                        .setTimeout(10)
                        .build());
        return new Run(
                response.getExitCode(),
                response.getStdout().toStringUtf8(),
                response.getStderr().toStringUtf8());
    }

    private static String shell(String container, String script) {
        return exec(container, "sh", "-c", script).line();
    }

    private static void stop(String container, long timeout) {
        kubelet()
                .stopContainer(Cri.StopContainerRequest.newBuilder()
                        .setContainerId(container)
                        .setTimeout(timeout)
                        .build());
    }

    private static void remove(String pod) {
        kubelet()
                .stopPodSandbox(Cri.StopPodSandboxRequest.newBuilder()
                        .setPodSandboxId(pod)
                        .build());
        kubelet()
                .removePodSandbox(Cri.RemovePodSandboxRequest.newBuilder()
                        .setPodSandboxId(pod)
                        .build());
    }

    private static void waitForExit(String container) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> assertThat(status(container).getState()).isEqualTo(Cri.ContainerState.CONTAINER_EXITED));
    }

    /// The whole life of a pod of two containers, in a kubelet's order.
    @Test
    void aPodOfTwoContainers() throws IOException {
        Cri.PodSandboxConfig pod = pod("two").build();
        String id = run(pod);
        String web = start(
                id,
                pod,
                container("web", "sh", "-c", "mkdir /tmp/w; echo served >/tmp/w/i; exec httpd -f -p 80 -h /tmp/w")
                        .build());
        String client = start(
                id,
                pod,
                container(
                                "client",
                                "sh",
                                "-c",
                                "trap 'echo bye; exit 3' TERM; echo up; echo err >&2;" + " while :; do sleep 0.1; done")
                        .build());

        Cri.PodSandboxStatusResponse status = kubelet()
                .podSandboxStatus(Cri.PodSandboxStatusRequest.newBuilder()
                        .setPodSandboxId(id)
                        .setVerbose(true)
                        .build());
        assertThat(status.getStatus().getState()).isEqualTo(Cri.PodSandboxState.SANDBOX_READY);
        assertThat(status.getStatus().getRuntimeHandler()).isEqualTo("carafe");
        assertThat(status.getInfoMap().get("info")).contains("\"binary_name\":\"" + Machine.RUNTIME + "\"");
        String address = status.getStatus().getNetwork().getIp();
        assertThat(address).startsWith("10.88.0.");
        await().until(() ->
                machine.run("busybox wget -qO- http://" + address + "/i").line().equals("served"));
        assertThat(shell(client, "wget -qO- http://127.0.0.1/i; hostname; cat /etc/resolv.conf"))
                .isEqualTo("served\ntwo\nsearch cluster.local\nnameserver 10.96.0.10");
        assertThat(kubelet()
                        .listContainers(Cri.ListContainersRequest.getDefaultInstance())
                        .getContainersList())
                .extracting(c -> c.getMetadata().getName() + " " + c.getState())
                .containsExactlyInAnyOrder("web CONTAINER_RUNNING", "client CONTAINER_RUNNING");

        // their network, IPC and UTS namespaces are the pod's, the others their own
        String links = "for n in net ipc uts pid mnt; do readlink /proc/self/ns/$n; done";
        String[] one = shell(web, links).split("\n");
        String[] other = shell(client, links).split("\n");
        for (int i = 0; i < one.length; i++) {
            assertThat(one[i].equals(other[i])).as(one[i]).isEqualTo(i < 3);
        }
        String[] namespaces = machine.get(links).split("\n");
        assertThat(one).doesNotContain(namespaces);

        assertThat(exec(client, "sh", "-c", "echo out; echo err >&2; exit 5")).isEqualTo(new Run(5, "out\n", "err\n"));
        assertThatThrownBy(() -> exec(client, "nothere"))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("executable file not found in $PATH");
        assertThatThrownBy(() -> kubelet()
                        .execSync(Cri.ExecSyncRequest.newBuilder()
                                .setContainerId(client)
                                .addAllCmd(List.of("sleep", "100"))
                                .setTimeout(1)
                                .build()))
                .hasMessageContaining("timeout 1s exceeded");

        stop(client, 10);
        waitForExit(client);
        assertThat(status(client).getExitCode()).isEqualTo(3);
        Path log = machine.directory().resolve("logs-two/client.log");
        assertThat(Files.readString(log))
                .containsPattern("\\S+ stdout F up\n")
                .containsPattern("\\S+ stderr F err\n")
                .containsPattern("\\S+ stdout F bye\n");
        stop(web, 0);
        waitForExit(web);
        assertThat(status(web).getExitCode()).isEqualTo(137);
        kubelet()
                .removeContainer(Cri.RemoveContainerRequest.newBuilder()
                        .setContainerId(web)
                        .build());
        kubelet()
                .removeContainer(Cri.RemoveContainerRequest.newBuilder()
                        .setContainerId(client)
                        .build());
        assertThat(kubelet()
                        .listContainers(Cri.ListContainersRequest.getDefaultInstance())
                        .getContainersList())
                .isEmpty();
        kubelet()
                .stopPodSandbox(Cri.StopPodSandboxRequest.newBuilder()
                        .setPodSandboxId(id)
                        .build());
        assertThat(kubelet()
                        .podSandboxStatus(Cri.PodSandboxStatusRequest.newBuilder()
                                .setPodSandboxId(id)
                                .build())
                        .getStatus()
                        .getState())
                .isEqualTo(Cri.PodSandboxState.SANDBOX_NOTREADY);
        kubelet()
                .removePodSandbox(Cri.RemovePodSandboxRequest.newBuilder()
                        .setPodSandboxId(id)
                        .build());
        assertThat(kubelet()
                        .listPodSandbox(Cri.ListPodSandboxRequest.getDefaultInstance())
                        .getItemsList())
                .isEmpty();
        assertThat(machine.get("find /sys/fs/cgroup -path '*" + machine.group() + "/two/*' -type d"))
                .isEmpty();
    }

    @Test
    void aPodOnTheMachinesNetworkThatSharesItsProcesses() {
        Cri.PodSandboxConfig.Builder config = hostNetwork("host");
        config.getLinuxBuilder()
                .getSecurityContextBuilder()
                .getNamespaceOptionsBuilder()
                .setPid(Cri.NamespaceMode.POD);
        Cri.PodSandboxConfig pod = config.build();
        String id = run(pod);
        Cri.ContainerConfig.Builder one = container("one", "sleep", "1111");
        one.getLinuxBuilder()
                .getSecurityContextBuilder()
                .setNamespaceOptions(Cri.NamespaceOption.newBuilder()
                        .setNetwork(Cri.NamespaceMode.NODE)
                        .setPid(Cri.NamespaceMode.POD));
        String first = start(id, pod, one.build());
        String second = start(
                id,
                pod,
                one.setMetadata(Cri.ContainerMetadata.newBuilder().setName("two"))
                        .setCommand(1, "2222")
                        .build());
        assertThat(shell(first, "ps -o args")).contains("sleep 1000", "sleep 1111", "sleep 2222");
        assertThat(shell(second, "readlink /proc/self/ns/net")).isEqualTo(machine.get("readlink /proc/self/ns/net"));
        // no PID namespace of its own: every process of the container must end with it
        shell(second, "sleep 3333 >/dev/null 2>&1 &");
        stop(second, 0);
        waitForExit(second);
        await().untilAsserted(() -> assertThat(shell(first, "ps -o args")).doesNotContain("2222", "3333"));
    }

    @Test
    void aContainersSecurityContextIsApplied() throws IOException {
        Cri.PodSandboxConfig.Builder config = hostNetwork("secure");
        Cri.PodSandboxConfig pod = config.build();
        String id = run(pod);
        Files.writeString(machine.directory().resolve("file"), "text\n");
        Cri.ContainerConfig.Builder secure = container("secure", "sleep", "1000")
                .setWorkingDir("/tmp")
                .addEnvs(Cri.KeyValue.newBuilder().setKey("A").setValue("b c"))
                .addMounts(Cri.Mount.newBuilder()
                        .setContainerPath("/mnt/file")
                        .setHostPath(machine.directory().resolve("file").toString())
                        .setReadonly(true))
                .addDevices(Cri.Device.newBuilder()
                        .setContainerPath("/dev/mine")
                        .setHostPath("/dev/loop-control")
                        .setPermissions("r"));
        secure.getLinuxBuilder()
                .getSecurityContextBuilder()
                .setNamespaceOptions(Cri.NamespaceOption.newBuilder()
                        .setNetwork(Cri.NamespaceMode.NODE)
                        .setPid(Cri.NamespaceMode.CONTAINER))
                .setRunAsUser(Cri.Int64Value.newBuilder().setValue(1000))
                .setRunAsGroup(Cri.Int64Value.newBuilder().setValue(3000))
                .addSupplementalGroups(4000)
                .setReadonlyRootfs(true)
                .setNoNewPrivs(true)
                .setCapabilities(
                        Cri.Capability.newBuilder().addDropCapabilities("ALL").addAddCapabilities("CHOWN"))
                .setSeccomp(Cri.SecurityProfile.newBuilder()
                        .setProfileType(Cri.SecurityProfile.ProfileType.RuntimeDefault));
        String container = start(id, pod, secure.build());
        assertThat(shell(
                        container,
                        "id -u; id -g; id -G; pwd; echo $A; cat /mnt/file; touch /tmp/x 2>&1;"
                                + " echo x 2>&1 >/mnt/file; stat -c %F /dev/mine; wc -c </proc/version;"
                                + " grep -E 'CapBnd|NoNewPrivs|Seccomp:' /proc/self/status; cat /proc/1/oom_score_adj"))
                .isEqualTo("""
                        1000
                        3000
                        3000 2000 4000
                        /tmp
                        b c
                        text
                        touch: /tmp/x: Read-only file system
                        sh: can't create /mnt/file: Read-only file system
                        character special file
                        0
                        CapBnd:	0000000000000001
                        NoNewPrivs:	1
                        Seccomp:	2
                        900""");
    }

    @Test
    void aPrivilegedContainerIsSo() {
        Cri.PodSandboxConfig.Builder config = hostNetwork("privileged");
        config.getLinuxBuilder().getSecurityContextBuilder().setPrivileged(true);
        Cri.PodSandboxConfig pod = config.build();
        String id = run(pod);
        Cri.ContainerConfig.Builder privileged = container("privileged", "sleep", "1000");
        privileged
                .getLinuxBuilder()
                .clearSecurityContext()
                .getSecurityContextBuilder()
                .setPrivileged(true)
                .setNamespaceOptions(Cri.NamespaceOption.newBuilder()
                        .setNetwork(Cri.NamespaceMode.NODE)
                        .setPid(Cri.NamespaceMode.CONTAINER));
        String container = start(id, pod, privileged.build());
        assertThat(shell(
                        container,
                        "mkdir /m && mount -t tmpfs t /m && echo mounted; ls /dev/loop-control;"
                                + " grep -E 'CapEff|Seccomp:' /proc/self/status"))
                .isEqualTo("mounted\n/dev/loop-control\n" + machine.get("grep CapEff /proc/self/status")
                        + "\nSeccomp:\t0");
    }

    @Test
    void resourcesAreUpdatedMeasuredAndEnforced() {
        Cri.PodSandboxConfig pod = hostNetwork("limits").build();
        String id = run(pod);
        Cri.ContainerConfig.Builder hungry = container("hungry", "sh", "-c", "read x </proc/self/stat; sleep 1000");
        hungry.getLinuxBuilder()
                .getSecurityContextBuilder()
                .getNamespaceOptionsBuilder()
                .setNetwork(Cri.NamespaceMode.NODE);
        String container = start(id, pod, hungry.build());
        String limit = "cat /sys/fs/cgroup/memory/memory.limit_in_bytes";
        assertThat(shell(container, limit)).isEqualTo(Integer.toString(64 << 20));
        kubelet()
                .updateContainerResources(Cri.UpdateContainerResourcesRequest.newBuilder()
                        .setContainerId(container)
                        .setLinux(Cri.LinuxContainerResources.newBuilder()
                                .setMemoryLimitInBytes(32 << 20)
                                .setCpuShares(512))
                        .build());
        assertThat(shell(container, limit + "; cat /sys/fs/cgroup/cpu/cpu.shares"))
                .isEqualTo((32 << 20) + "\n512");
        await().untilAsserted(() -> assertThat(kubelet()
                        .containerStats(Cri.ContainerStatsRequest.newBuilder()
                                .setContainerId(container)
                                .build())
                        .getStats()
                        .getMemory()
                        .getWorkingSetBytes()
                        .getValue())
                .isPositive());

        Cri.ContainerConfig.Builder eater = container("eater", "sh", "-c", "x=a; while :; do x=$x$x; done");
        eater.getLinuxBuilder().getResourcesBuilder().setMemoryLimitInBytes(20 << 20);
        eater.getLinuxBuilder()
                .getSecurityContextBuilder()
                .getNamespaceOptionsBuilder()
                .setNetwork(Cri.NamespaceMode.NODE);
        String eaten = start(id, pod, eater.build());
        waitForExit(eaten);
        assertThat(status(eaten).getReason()).isEqualTo("OOMKilled");
        assertThat(status(eaten).getExitCode()).isEqualTo(137);
    }

    @Test
    void aProgramThatIsNotThereIsAnError() {
        Cri.PodSandboxConfig pod = hostNetwork("missing").build();
        String id = run(pod);
        Cri.ContainerConfig.Builder missing = container("missing", "nothere");
        missing.getLinuxBuilder()
                .getSecurityContextBuilder()
                .getNamespaceOptionsBuilder()
                .setNetwork(Cri.NamespaceMode.NODE);
        String container = create(id, pod, missing.build());
        assertThatThrownBy(() -> kubelet()
                        .startContainer(Cri.StartContainerRequest.newBuilder()
                                .setContainerId(container)
                                .build()))
                .hasMessageContaining("\"nothere\": executable file not found in $PATH");
        assertThat(status(container).getState()).isEqualTo(Cri.ContainerState.CONTAINER_EXITED);
    }

    @Test
    void aPodGoesWithAllThatRunsInIt() {
        Cri.PodSandboxConfig pod = hostNetwork("gone").build();
        String id = run(pod);
        Cri.ContainerConfig.Builder stubborn =
                container("stubborn", "sh", "-c", "trap '' TERM; while :; do sleep 4444; done");
        stubborn.getLinuxBuilder()
                .getSecurityContextBuilder()
                .getNamespaceOptionsBuilder()
                .setNetwork(Cri.NamespaceMode.NODE);
        start(id, pod, stubborn.build());
        remove(id);
        assertThat(kubelet()
                        .listContainers(Cri.ListContainersRequest.getDefaultInstance())
                        .getContainersList())
                .isEmpty();
        assertThat(machine.run("pgrep -f 'sleep 4444'").out()).isEmpty();
    }
}
