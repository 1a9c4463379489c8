package io.carafe.sandbox.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.carafe.sandbox.policy.Policy.Forbidden;
import io.carafe.sandbox.policy.Policy.Ids;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyFileTest {

    @Test
    void whatIsNotSaidIsStrict() {
        Policy policy = of("{}");

        assertThat(policy.capabilities()).isEmpty();
        assertThat(policy.noNewPrivileges()).isTrue();
        assertThat(policy.ids()).isEqualTo(Ids.OWN);
        assertThat(policy.network()).isFalse();
        assertThat(policy.readOnlyRoot()).isTrue();
        assertThat(policy.forbidden()).isEqualTo(Forbidden.REPORT);
        assertThat(policy.rules()).isEmpty();
    }

    @Test
    void whatIsNotSaidIsInheritedAndCallsOneByOne() {
        Policy parent = PolicyFile.builtIn("untrusted");
        Policy policy = of("""
                {"inherits": "untrusted", "forbidden": "kill", "capabilities": ["kill"],
                 "calls": [{"names": ["shmget", "mount"], "action": "allow"}]}
                """);

        assertThat(policy.readOnlyRoot()).isTrue();
        assertThat(policy.paths()).isEqualTo(parent.paths());
        assertThat(policy.capabilities()).containsExactly("CAP_KILL");
        assertThat(policy.forbidden()).isEqualTo(Forbidden.KILL);
        assertThat(said(policy, "mount")).containsExactly(Treatment.ALLOW);
        assertThat(said(policy, "shmget")).containsExactly(Treatment.ALLOW);
        assertThat(said(policy, "pivot_root")).containsExactly(Treatment.FORBID);
        assertThat(said(policy, "clone")).containsExactly(Treatment.ALLOW, Treatment.FORBID);
    }

    @ParameterizedTest
    @ValueSource(strings = {"untrusted", "default"})
    void theTextOfAPolicyIsThatPolicy(String name) {
        Policy policy = PolicyFile.builtIn(name);

        assertThat(PolicyFile.of(PolicyFile.text(policy), name, Path.of("/"))).isEqualTo(policy);
    }

    @Test
    void allProblemsAreToldAtOnceEachWithItsPlace() {
        assertThat(problems("""
                {"capabilites": [], "capabilities": ["FLY"], "network": "some", "clock": {"resolution": 1},
                 "paths": {"hidden": ["etc"], "writable": [{"path": "/tmp"}]},
                 "calls": [
                   {"names": ["raed", "open"], "action": "allow", "where": [{"argument": 0, "is": 1}]},
                   {"names": ["close"], "action": "permit"},
                   {"names": ["close"], "action": "allow", "where": [{"argument": 9, "is": 1, "atMost": 2}]},
                   {"names": [], "action": "ENOSYS", "wherever": []}]}
                """))
                .containsExactly(
                        "capabilites: no such property; there are description, inherits, capabilities, noNewPrivileges,"
                                + " ids, network, root, landlock, coreDumps, clock, paths, devices, forbidden, unnamed,"
                                + " calls",
                        "clock: not a string: an object",
                        "clock: can only be \"exact\": a program reads the time without a system call, from the"
                                + " processor's counter and the vDSO, and can count it out in a thread; no kernel"
                                + " setting makes that coarser",
                        "capabilities[0]: no such capability: \"FLY\"",
                        "network: not one of host, none: \"some\"",
                        "paths.hidden[0]: not an absolute path: \"etc\"",
                        "paths.writable[0].size: is missing",
                        "calls[0].names[0]: no such system call: \"raed\"",
                        "calls[0].where[0].argument: a filter can't check argument 0 of open: it points to memory that"
                                + " the program can change meanwhile, or isn't there",
                        "calls[1].action: neither allow, forbid nor the name of an error as ENOSYS: \"permit\"",
                        "calls[2].names[0]: is never reached: close has a rule without conditions before it,"
                                + " calls[1].names[0]",
                        "calls[2].where[0].argument: not a number from 0 to 5: 9",
                        "calls[2].where[0]: needs one of is, atLeast and atMost",
                        "calls[3].wherever: no such property; there are names, action, where, why",
                        "calls[3].names: names no system call");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"argument": 4, "is": 5}                       | argument 4 of sendto is a pointer
            {"argument": 0, "is": "0x100000000"}           | has bits that the mask 0xffffffff hasn't
            {"argument": 0, "is": "0xzz"}                  | not a number of 64 bits: "0xzz"
            {"argument": 0, "is": 0, "mask": 0}            | is 0, and then the condition says nothing
            {"argument": 0, "atMost": 1, "mask": 1}        | goes with is alone
            {"argument": 1, "is": 0}                       | can't check argument 1 of sendto
            {"argument": 0, "is": 1}, {"argument": 0, "is": 2} | has a condition already: write two rules
            """)
    void aConditionIsOneThatTheKernelCanCheck(String where, String problem) {
        assertThat(problems("""
                {"calls": [{"names": ["sendto"], "action": "allow", "where": [%s]}]}
                """.formatted(where))).singleElement().asString().contains(problem);
    }

    @Test
    void whatCantBeTogetherIsRefused() {
        assertThat(problems("{\"noNewPrivileges\": false}"))
                .singleElement()
                .asString()
                .contains("beside landlock");
        assertThat(problems("{\"calls\": [{\"names\": [\"write\"], \"action\": \"forbid\"}]}"))
                .singleElement()
                .asString()
                .contains("write can't be reported");
        assertThat(problems("{\"unnamed\": \"forbid\"}"))
                .singleElement()
                .asString()
                .contains("can't be reported");
        assertThat(problems("{\"unnamed\": \"forbid\", \"forbidden\": \"kill\"}"))
                .isEmpty();
        assertThat(problems("{")).singleElement().asString().startsWith("test.json");
        assertThat(problems("[]")).singleElement().asString().contains("not an object");
    }

    @Test
    void filesInheritFromFilesBesideThemButNotInACircle(@TempDir Path directory) throws Exception {
        Files.writeString(directory.resolve("a.json"), "{\"inherits\": \"sub/b.json\", \"forbidden\": \"trap\"}");
        Path sub = Files.createDirectory(directory.resolve("sub"));
        Files.writeString(sub.resolve("b.json"), "{\"inherits\": \"c.json\", \"coreDumps\": true}");
        Files.writeString(sub.resolve("c.json"), "{\"inherits\": \"untrusted\"}");
        Policy policy = PolicyFile.named("a.json", directory);
        assertThat(policy.forbidden()).isEqualTo(Forbidden.TRAP);
        assertThat(policy.coreDumps()).isTrue();
        assertThat(policy.rules()).isEqualTo(PolicyFile.builtIn("untrusted").rules());

        Files.writeString(sub.resolve("c.json"), "{\"inherits\": \"../a.json\", \"ids\": \"mine\"}");
        assertThatThrownBy(() -> PolicyFile.named("a.json", directory))
                .isInstanceOf(InvalidPolicy.class)
                .hasMessage("c.json: inherits: ../a.json inherits from itself\n"
                        + "c.json: ids: not one of host, own: \"mine\"");
        Files.delete(sub.resolve("c.json"));
        assertThatThrownBy(() -> PolicyFile.named("a.json", directory))
                .hasMessageContaining("sub/b.json: inherits: c.json can't be read: there is no such file");
        assertThatThrownBy(() -> PolicyFile.named("untrustd", directory))
                .hasMessageContaining("no built-in policy of this name but untrusted and default");
    }

    private static Policy of(String text) {
        return PolicyFile.of(text, "test.json", Path.of("/"));
    }

    private static List<String> problems(String text) {
        InvalidPolicy thrown = catchThrowableOfType(InvalidPolicy.class, () -> of(text));
        return thrown == null ? List.of() : thrown.problems();
    }

    private static List<Treatment> said(Policy policy, String call) {
        return policy.rules().stream()
                .filter(it -> it.calls().contains(call))
                .map(Rule::treatment)
                .toList();
    }
}
