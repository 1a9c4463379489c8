package io.carafe.engine.runtime;

import java.util.List;

/// The `config.json` that `carafe-runtime spec` begins a bundle with: a shell in a read-only root
/// directory. It says what runc's says, so that scripts that change one change this one too.
public final class ConfigTemplate {
    private static final String CAPABILITIES = list("CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE");

    private static final List<String> MASKED = List.of(
            "/proc/acpi",
            "/proc/asound",
            "/proc/kcore",
            "/proc/keys",
            "/proc/latency_stats",
            "/proc/timer_list",
            "/proc/timer_stats",
            "/proc/sched_debug",
            "/sys/firmware",
            "/proc/scsi");

    private static final List<String> READ_ONLY =
            List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

    private ConfigTemplate() {}

    /// For root.
    ///
    /// @param unified whether this machine has cgroup v2 alone: the container sees its own groups alone then
    public static String text(boolean unified) {
        String namespaces = namespaces("pid", "network", "ipc", "uts", "mount") + (unified ? namespace("cgroup") : "");
        String linux = """
                "resources": {
                \t\t\t"devices": [
                \t\t\t\t{
                \t\t\t\t\t"allow": false,
                \t\t\t\t\t"access": "rwm"
                \t\t\t\t}
                \t\t\t]
                \t\t},
                \t\t""";
        String sys = mount("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "ro");
        return text(linux, namespaces, sys, ", \"gid=5\"");
    }

    /// For an ordinary user: a user namespace with one id, the caller's network, and no limits.
    ///
    /// @param uid of the caller, unsigned, as `gid`
    public static String rootless(int uid, int gid, boolean unified) {
        String namespaces =
                namespaces("pid", "ipc", "uts", "mount") + (unified ? namespace("cgroup") : "") + namespace("user");
        String linux = mapping("uidMappings", uid) + mapping("gidMappings", gid);
        String sys = mount("/sys", "none", "/sys", "rbind", "nosuid", "noexec", "nodev", "ro");
        return text(linux, namespaces, sys, "");
    }

    private static String text(String linux, String namespaces, String sys, String group) {
        return """
                {
                \t"ociVersion": "1.3.0",
                \t"process": {
                \t\t"terminal": true,
                \t\t"user": {
                \t\t\t"uid": 0,
                \t\t\t"gid": 0
                \t\t},
                \t\t"args": [
                \t\t\t"sh"
                \t\t],
                \t\t"env": [
                \t\t\t"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                \t\t\t"TERM=xterm"
                \t\t],
                \t\t"cwd": "/",
                \t\t"capabilities": {
                \t\t\t"bounding": @CAPABILITIES@,
                \t\t\t"effective": @CAPABILITIES@,
                \t\t\t"permitted": @CAPABILITIES@
                \t\t},
                \t\t"rlimits": [
                \t\t\t{
                \t\t\t\t"type": "RLIMIT_NOFILE",
                \t\t\t\t"hard": 1024,
                \t\t\t\t"soft": 1024
                \t\t\t}
                \t\t],
                \t\t"noNewPrivileges": true
                \t},
                \t"root": {
                \t\t"path": "rootfs",
                \t\t"readonly": true
                \t},
                \t"hostname": "carafe",
                \t"mounts": [
                @MOUNTS@
                \t],
                \t"linux": {
                \t\t@LINUX@"namespaces": [
                @NAMESPACES@
                \t\t],
                \t\t"maskedPaths": @MASKED@,
                \t\t"readonlyPaths": @READONLY@
                \t}
                }
                """.replace("@CAPABILITIES@", CAPABILITIES)
                .replace("@MOUNTS@", mounts(sys, group))
                .replace("@LINUX@", linux)
                .replace("@NAMESPACES@", namespaces.substring(0, namespaces.length() - 2))
                .replace("@MASKED@", list(MASKED.toArray(new String[0])).replace("\n\t", "\n"))
                .replace("@READONLY@", list(READ_ONLY.toArray(new String[0])).replace("\n\t", "\n"));
    }

    private static String mounts(String sys, String group) {
        String mounts = mount("/proc", "proc", "proc")
                + mount("/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k")
                + mount(
                                "/dev/pts",
                                "devpts",
                                "devpts",
                                "nosuid",
                                "noexec",
                                "newinstance",
                                "ptmxmode=0666",
                                "mode=0620@")
                        .replace("@\"", "\"" + group)
                + mount("/dev/shm", "tmpfs", "shm", "nosuid", "noexec", "nodev", "mode=1777", "size=65536k")
                + mount("/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev")
                + sys
                + mount("/sys/fs/cgroup", "cgroup", "cgroup", "nosuid", "noexec", "nodev", "relatime", "ro");
        return mounts.substring(0, mounts.length() - 2);
    }

    private static String mount(String destination, String type, String source, String... options) {
        String rest = options.length == 0 ? "" : ",\n\t\t\t\"options\": [\"" + String.join("\", \"", options) + "\"]";
        return "\t\t{\n\t\t\t\"destination\": \"" + destination + "\",\n\t\t\t\"type\": \"" + type
                + "\",\n\t\t\t\"source\": \"" + source + "\"" + rest + "\n\t\t},\n";
    }

    private static String mapping(String name, int id) {
        return "\"" + name + "\": [\n\t\t\t{\n\t\t\t\t\"containerID\": 0,\n\t\t\t\t\"hostID\": "
                + Integer.toUnsignedString(id) + ",\n\t\t\t\t\"size\": 1\n\t\t\t}\n\t\t],\n\t\t";
    }

    private static String namespaces(String... types) {
        var text = new StringBuilder();
        for (String type : types) {
            text.append(namespace(type));
        }
        return text.toString();
    }

    private static String namespace(String type) {
        return "\t\t\t{\n\t\t\t\t\"type\": \"" + type + "\"\n\t\t\t},\n";
    }

    private static String list(String... words) {
        return "[\n\t\t\t\t\"" + String.join("\",\n\t\t\t\t\"", words) + "\"\n\t\t\t]";
    }
}
