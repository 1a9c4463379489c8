package io.carafe.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import io.carafe.sandbox.spec.ConfigJson;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Spec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigTemplateTest {
    private static final JsonType<Map<String, Object>> JSON =
            Jsonb.builder().build().type(Object.class).map();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void weReadWhatWeWrite(boolean unified) {
        Spec spec = ConfigJson.read(ConfigTemplate.text(unified), "/bundle", "carafe-1");
        assertThat(spec.root()).isEqualTo(new Spec.Root("/bundle/rootfs", true, false));
        assertThat(spec.process().args()).containsExactly("sh");
        assertThat(spec.process().terminal()).isTrue();
        assertThat(spec.mounts())
                .extracting(Spec.Mount::destination)
                .containsExactly("/proc", "/dev", "/dev/pts", "/dev/shm", "/dev/mqueue", "/sys", "/sys/fs/cgroup");
        assertThat(spec.mounts().get(2).options()).contains("mode=0620", "gid=5");
        assertThat(spec.linux().makes(Namespace.CGROUP)).isEqualTo(unified);
        assertThat(spec.linux().makes(Namespace.NETWORK)).isTrue();
        assertThat(spec.linux().makes(Namespace.USER)).isFalse();
        assertThat(spec.linux().resources().devices()).hasSize(1);
    }

    @Test
    void anOrdinaryUserHasOneIdAndTheCallersNetwork() {
        Spec spec = ConfigJson.read(ConfigTemplate.rootless(1000, -2, false), "/bundle", "carafe-1");
        assertThat(spec.linux().uidMappings()).containsExactly(new Spec.IdMapping(0, 1000, 1));
        assertThat(spec.linux().gidMappings()).containsExactly(new Spec.IdMapping(0, -2, 1));
        assertThat(spec.linux().has(Namespace.NETWORK)).isFalse();
        assertThat(spec.linux().makes(Namespace.USER)).isTrue();
        assertThat(spec.linux().resources().devices()).isEmpty();
        assertThat(spec.mounts().get(2).options()).contains("mode=0620").doesNotContain("gid=5");
        assertThat(spec.mounts().get(5).isBind()).isTrue();
    }

    /// Scripts change it with jq(1), which counts on the same places.
    @Test
    void itHasRuncsShape() {
        Map<String, Object> config = JSON.fromJson(ConfigTemplate.text(false));
        assertThat(config.keySet()).containsExactly("ociVersion", "process", "root", "hostname", "mounts", "linux");
        assertThat((Map<?, ?>) config.get("linux"))
                .extracting("maskedPaths")
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .contains("/proc/kcore");
        assertThat((List<?>) config.get("mounts")).hasSize(7);
    }
}
