package io.carafe.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataRootTest {
    @Test
    void rootsIsTheMachines() {
        assertThat(DataRoot.of(Map.of("HOME", "/root"), 0).images()).hasToString("/var/lib/carafe/images");
    }

    @Test
    void ofAnotherUserItIsBelowHisHome() {
        assertThat(DataRoot.of(Map.of("HOME", "/home/u"), 7).layers())
                .hasToString("/home/u/.local/share/carafe/layers");
        assertThat(DataRoot.of(Map.of("HOME", "/home/u", "XDG_DATA_HOME", "/data"), 7)
                        .directory())
                .hasToString("/data/carafe");
        assertThat(DataRoot.of(Map.of("HOME", "/home/u", "XDG_DATA_HOME", "data"), 7)
                        .directory())
                .hasToString("/home/u/.local/share/carafe");
    }

    @Test
    void whatTheVariableSaysCounts() {
        assertThat(DataRoot.of(Map.of("CARAFE_DATA_ROOT", "/d"), 0).directory()).hasToString("/d");
        assertThatThrownBy(() -> DataRoot.of(Map.of("CARAFE_DATA_ROOT", "d"), 0))
                .hasMessage("CARAFE_DATA_ROOT=d is not an absolute path");
    }

    @Test
    void withoutAHomeItSaysWhatToSet() {
        assertThatThrownBy(() -> DataRoot.of(Map.of(), 7))
                .hasMessage("there is no HOME to keep images in; set it, or CARAFE_DATA_ROOT");
    }

    @Test
    void nobodyElseLooksIntoIt(@TempDir Path directory) throws Exception {
        var root = new DataRoot(directory.resolve("a/b"));
        root.make();
        root.make();
        assertThat(Files.getPosixFilePermissions(root.directory()))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }
}
