package io.carafe.engine.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.sandbox.spec.Spec.IdMapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubordinateIdsTest {
    @TempDir
    Path root;

    @BeforeEach
    void machine() throws IOException {
        Files.createDirectories(root.resolve("etc"));
        Files.createDirectories(root.resolve("proc/1"));
        Files.writeString(root.resolve("proc/1/uid_map"), "         0          0 4294967295\n");
    }

    @Test
    void allRangesOfANameLieOneBehindTheOther() throws IOException {
        subuid("you:1:2\nme:100000:65536\nme:300000:10\n");

        assertThat(new SubordinateIds(root).all("/etc/subuid", "me"))
                .containsExactly(new IdMapping(0, 100_000, 65536), new IdMapping(65536, 300_000, 10));
    }

    /// The file is written by others: a line that isn't plainly a range gives nobody anything.
    @Test
    void row11ALineThatIsNoRangeMatchesNothing() throws IOException {
        subuid("me:+1:5\nme:-1:5\nme:0x1:5\nme:1:0\nme:0:5\nme:1:4294967295\nme:99999999999:1\nme:1\nme:1:2:3\nme::\n");

        assertThatThrownBy(() -> new SubordinateIds(root).all("/etc/subuid", "me"))
                .hasMessage("/etc/subuid has no ids for me: a line such as me:2147483647:2147483648 gives it some");
    }

    @Test
    void automaticIdsAreThoseThatNobodyHas() throws IOException {
        subuid("containers:100000:30\n");
        var ids = new SubordinateIds(root);
        assertThat(ids.free("/etc/subuid", "uid_map", 10, 1)).containsExactly(new IdMapping(0, 100_010, 10));

        taken(2, 100_010);
        assertThat(ids.free("/etc/subuid", "uid_map", 10, 1)).containsExactly(new IdMapping(0, 100_020, 10));

        taken(3, 100_025);
        assertThat(ids.free("/etc/subuid", "uid_map", 10, 1)).containsExactly(new IdMapping(0, 100_000, 10));

        taken(4, 100_009);
        assertThatThrownBy(() -> ids.free("/etc/subuid", "uid_map", 10, 1))
                .hasMessage("no 10 ids of containers in /etc/subuid are free: give it more, or the box fewer");
    }

    private void subuid(String text) throws IOException {
        Files.writeString(root.resolve("etc/subuid"), text);
    }

    private void taken(int process, int first) throws IOException {
        Files.createDirectories(root.resolve("proc/" + process));
        Files.writeString(root.resolve("proc/" + process + "/uid_map"), "0 " + first + " 1\n");
    }
}
