package io.carafe.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.command.Callers;
import io.carafe.engine.command.Screen;
import io.carafe.engine.engine.Boxes;
import io.carafe.sandbox.policy.PolicyFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `carafe policy`
class PolicyCommandsTest {
    @TempDir
    private Path directory;

    private final Screen screen = new Screen();

    @Test
    void thereAreBuiltInOnes() {
        run("ls");
        assertThat(screen.out).startsWith("NAME").contains("untrusted", "report", "default", "errno");
        run("ls", "--format", "{{.Name}}");
        assertThat(screen.out).isEqualTo("untrusted\ndefault\n");
    }

    @Test
    void oneIsShownWithAllThatItInherits() throws Exception {
        Path file = Files.writeString(
                directory.resolve("p.json"), "{\"inherits\": \"untrusted\", \"forbidden\": \"kill\"}");
        run("show", file.toString());
        assertThat(screen.code).isZero();
        assertThat(PolicyFile.of(screen.out, "p", directory).rules())
                .isEqualTo(PolicyFile.builtIn("untrusted").rules());
        assertThat(screen.out).contains("\"forbidden\": \"kill\"").doesNotContain("inherits");
    }

    @Test
    void everyProblemIsToldWithItsPlace() throws Exception {
        Path file = Files.writeString(
                directory.resolve("p.json"),
                "{\"rot\": 1, \"calls\": [{\"names\": [\"raed\"], \"action\": \"allow\"}]}");
        run("check", file.toString());
        assertThat(screen.code).isEqualTo(1);
        assertThat(screen.err)
                .startsWith(file + ": rot: no such property")
                .contains(file + ": calls[0].names[0]: no such system call: \"raed\"\n");
        run("check", "untrusted");
        assertThat(screen.code).isZero();
        assertThat(screen.out).startsWith("untrusted: ").contains(" calls allowed, ");
        run("show", directory.resolve("none.json").toString());
        assertThat(screen.code).isEqualTo(125);
        assertThat(screen.err).contains("can't be read: there is no such file");
    }

    @Test
    void twoAreComparedCallByCall() throws Exception {
        Path file = Files.writeString(directory.resolve("p.json"), """
                {"inherits": "untrusted", "network": "host", "calls": [
                 {"names": ["shmget", "shmat"], "action": "allow"},
                 {"names": ["mount"], "action": "allow", "where": [{"argument": 3, "is": 1}]}]}
                """);
        run("diff", "untrusted", file.toString());
        assertThat(screen.code).isEqualTo(1);
        assertThat(screen.out).isEqualTo("""
                network: none -> host
                mount: forbid -> allow if argument 3 = 0x1, else ENOSYS
                shmat, shmget: ENOSYS -> allow
                """);
        run("diff", "--format", "json", "untrusted", file.toString());
        assertThat(screen.out).startsWith("{\"settings\":[{\"name\":\"network\",\"from\":\"none\",\"to\":\"host\"}]");
        run("diff", "untrusted", "untrusted");
        assertThat(screen.code).isZero();
        assertThat(screen.out).isEmpty();
    }

    private void run(String... words) {
        var all = new String[words.length + 1];
        all[0] = "policy";
        System.arraycopy(words, 0, all, 1, words.length);
        screen.clear();
        new Commands(Boxes.engine()).run(Callers.in("/", Map.of(), Callers.NO_TERMINAL, all), screen);
    }
}
