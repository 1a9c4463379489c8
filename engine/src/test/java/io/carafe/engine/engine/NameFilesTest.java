package io.carafe.engine.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.engine.RunOptions.Names;
import io.carafe.engine.engine.RunOptions.Network;
import io.carafe.sandbox.spec.Spec.Mount;
import io.carafe.sandbox.spec.Spec.TextFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NameFilesTest {
    private static final Names NOTHING = new Names(List.of(), List.of(), List.of(), List.of(), true, true);

    @TempDir
    Path etc;

    @BeforeEach
    void machine() throws IOException {
        Files.writeString(etc.resolve("hosts"), "10.0.0.1 here");
        Files.writeString(
                etc.resolve("resolv.conf"), "# ours\nnameserver 10.0.0.53\nsearch a.org  b.org\noptions edns0\n");
    }

    @Test
    void aBoxWithoutANetworkKnowsItself() throws IOException {
        List<TextFile> files = files(NOTHING, Network.NONE);
        assertThat(files).extracting(TextFile::path).containsExactly("/etc/hosts", "/etc/hostname", "/etc/resolv.conf");
        assertThat(files.get(0).text()).startsWith("127.0.0.1\tlocalhost\n").endsWith("127.0.0.1\tbox\n");
        assertThat(files.get(1).text()).isEqualTo("box\n");
        assertThat(files.get(2).text()).isEqualTo("# no network, no name server\n");
    }

    @Test
    void aBoxOnTheHostsNetworkKnowsWhatTheHostKnows() throws IOException {
        List<TextFile> files = files(NOTHING, Network.HOST);
        assertThat(files.get(0).text()).isEqualTo("10.0.0.1 here\n127.0.0.1\tbox\n");
        assertThat(files.get(2).text()).isEqualTo(Files.readString(etc.resolve("resolv.conf")));
    }

    @Test
    void whatIsSaidTakesThePlaceOfWhatTheHostHas() throws IOException {
        var names = new Names(List.of("1.2.3.4\tdb"), List.of("1.1.1.1"), List.of(), List.of("ndots:2"), true, true);
        List<TextFile> files = files(names, Network.HOST);
        assertThat(files.get(0).text()).isEqualTo("10.0.0.1 here\n1.2.3.4\tdb\n127.0.0.1\tbox\n");
        assertThat(files.get(2).text()).isEqualTo("nameserver 1.1.1.1\nsearch a.org b.org\noptions ndots:2\n");
        names = new Names(List.of(), List.of(), List.of("."), List.of(), false, false);
        files = files(names, Network.HOST);
        assertThat(files)
                .containsExactly(new TextFile("/etc/resolv.conf", 0644, "nameserver 10.0.0.53\noptions edns0\n"));
    }

    @Test
    void aMountOfTheCallersWins() throws IOException {
        assertThat(files(NOTHING, Network.NONE, "/etc/hosts"))
                .extracting(TextFile::path)
                .containsExactly("/etc/hostname", "/etc/resolv.conf");
        assertThat(files(NOTHING, Network.NONE, "/etc")).isEmpty();
        assertThat(files(NOTHING, Network.NONE, "/et", "/etc/host")).hasSize(3);
    }

    @Test
    void aMachineWithoutThemIsNoReasonToFail() throws IOException {
        Files.delete(etc.resolve("hosts"));
        Files.delete(etc.resolve("resolv.conf"));
        List<TextFile> files = files(NOTHING, Network.HOST);
        assertThat(files.get(0).text()).startsWith("127.0.0.1\tlocalhost\n");
        assertThat(files.get(2).text()).isEmpty();
    }

    private List<TextFile> files(Names names, Network network, String... mounts) throws IOException {
        List<Mount> all = List.of(mounts).stream()
                .map(destination -> new Mount(destination, "tmpfs", "tmpfs", List.of()))
                .toList();
        return new NameFiles(etc).of(names, network, null, "box", all);
    }
}
