package io.carafe.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import io.carafe.engine.engine.Boxes;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FeaturesTest {
    private static final JsonType<Map<String, Object>> JSON =
            Jsonb.builder().build().type(Object.class).map();

    private final Map<String, Object> features = JSON.fromJson(
            Features.json(Boxes.HOST, true, "{\"io.carafe.version\": \"1\"}", List.of("org.systemd.property.")));

    @Test
    void itHasAllThatTheSpecificationNames() {
        assertThat(features.keySet())
                .containsExactly(
                        "ociVersionMin",
                        "ociVersionMax",
                        "hooks",
                        "mountOptions",
                        "linux",
                        "annotations",
                        "potentiallyUnsafeConfigAnnotations");
        assertThat(((Map<?, ?>) features.get("linux")).keySet().stream().map(Object::toString))
                .containsExactly(
                        "namespaces",
                        "capabilities",
                        "cgroup",
                        "seccomp",
                        "apparmor",
                        "selinux",
                        "intelRdt",
                        "memoryPolicy",
                        "mountExtensions",
                        "netDevices");
    }

    /// Those that a runtime must and should have: runtime specification, config.md "Linux mount options".
    @Test
    void everyMountOptionIsThere() {
        assertThat((List<?>) features.get("mountOptions"))
                .map(Object::toString)
                .contains("async", "atime", "bind", "defaults", "dev", "diratime", "dirsync", "exec", "iversion")
                .contains("lazytime", "loud", "noatime", "nodev", "nodiratime", "noexec", "noiversion", "nolazytime")
                .contains("norelatime", "nostrictatime", "nosuid", "private", "rbind", "relatime", "remount", "ro")
                .contains("rprivate", "rshared", "rslave", "runbindable", "rw", "shared", "silent", "slave")
                .contains("strictatime", "suid", "sync", "unbindable", "nosymfollow", "symfollow", "idmap", "ridmap")
                .contains("ratime", "rdev", "rdiratime", "rexec", "rnoatime", "rnodev", "rnodiratime", "rnoexec")
                .contains("rnorelatime", "rnostrictatime", "rnosuid", "rrelatime", "rro", "rrw", "rstrictatime")
                .contains("rsuid", "rsymfollow", "rnosymfollow", "tmpcopyup", "mand", "nomand")
                .contains("src-nofollow", "dest-nofollow", "copy-symlink");
    }
}
