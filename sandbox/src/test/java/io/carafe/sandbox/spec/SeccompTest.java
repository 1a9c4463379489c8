package io.carafe.sandbox.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.avaje.jsonb.Jsonb;
import io.carafe.sandbox.json.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;

class SeccompTest {

    @Test
    void everyProblemIsTold() {
        Seccomp seccomp = read("""
                {
                  "defaultAction": "SCMP_ACT_ALLOW", "defaultErrnoRet": 1,
                  "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_PDP11"],
                  "flags": ["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_FUN",
                            "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"],
                  "listenerMetadata": "x",
                  "syscalls": [
                    {"names": [], "action": "SCMP_ACT_ALLOW"},
                    {"names": ["read"], "action": "SCMP_ACT_KILL", "errnoRet": 0},
                    {"names": ["read"], "action": "SCMP_ACT_ERRNO", "errnoRet": 5000,
                     "args": [{"index": 6, "value": 1, "op": "SCMP_CMP_EQ"}]}
                  ]
                }
                """);
        assertThat(texts(seccomp))
                .containsExactly(
                        "linux.seccomp.defaultErrnoRet: SCMP_ACT_ALLOW takes no errno",
                        "linux.seccomp.architectures: SCMP_ARCH_PDP11 is not known",
                        "linux.seccomp.flags: SECCOMP_FILTER_FLAG_FUN is not known",
                        "linux.seccomp.listenerMetadata: needs a listenerPath",
                        "linux.seccomp.syscalls[0].names: is empty",
                        "linux.seccomp.syscalls[1].errnoRet: SCMP_ACT_KILL takes no errno",
                        "linux.seccomp.syscalls[2].errnoRet: 5000 is not between 0 and 4095",
                        "linux.seccomp.syscalls[2].args[0].index: 6 is not between 0 and 5");
    }

    @Test
    void missingActionsAreProblems() {
        assertThat(texts(read("{\"syscalls\": [{\"names\": [\"read\"]}]}")))
                .containsExactly(
                        "linux.seccomp.defaultAction: is missing", "linux.seccomp.syscalls[0].action: is missing");
    }

    @Test
    void notifyingNeedsAListenerAndIsNoDefault() {
        assertThat(texts(read("{\"defaultAction\": \"SCMP_ACT_NOTIFY\"}")))
                .containsExactly("linux.seccomp.defaultAction: SCMP_ACT_NOTIFY cannot be used as default action");
        assertThat(texts(read("""
                        {"defaultAction": "SCMP_ACT_ALLOW",
                         "syscalls": [{"names": ["mount"], "action": "SCMP_ACT_NOTIFY"}]}
                        """)))
                .containsExactly("linux.seccomp.listenerPath: is not set, and SCMP_ACT_NOTIFY needs it");
    }

    @Test
    void anAgentIsAtAnAbsolutePathAndDoesNotAnswerWrite() {
        String json = """
                {"defaultAction": "SCMP_ACT_ALLOW", "listenerPath": "%s", "listenerMetadata": "x",
                 "syscalls": [{"names": ["mount", "%s"], "action": "SCMP_ACT_NOTIFY"}]}
                """;
        assertThat(texts(read(json.formatted("/run/agent", "sendmsg")))).isEmpty();
        assertThat(texts(read(json.formatted("@agent", "read"))))
                .containsExactly("linux.seccomp.listenerPath: is not absolute: @agent");
        assertThat(texts(read(json.formatted("/run/\\u0000agent", "read"))))
                .containsExactly("linux.seccomp.listenerPath: has a NUL in it");
        assertThat(texts(read(json.formatted("/run/agent", "write"))))
                .containsExactly(
                        "linux.seccomp.syscalls[0].names: SCMP_ACT_NOTIFY cannot be used for the write syscall");
    }

    @Test
    void valuesHave64UnsignedBits() {
        String json = """
                {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["read"], "action": "SCMP_ACT_KILL",
                 "args": [{"index": 1, "value": 18446744073709551615, "valueTwo": 7, "op": "SCMP_CMP_MASKED_EQ"}]}]}
                """;
        Seccomp seccomp = read(json);
        assertThat(seccomp.syscalls().getFirst().args()).containsExactly(Seccomp.Argument.masked(1, -1L, 7));
        assertThat(read(SeccompJson.text(seccomp))).isEqualTo(seccomp);
        assertThatThrownBy(() -> read(json.replace("18446744073709551615", "18446744073709551616")))
                .hasMessageContaining("is not an unsigned 64-bit number");
    }

    private static List<String> texts(Seccomp seccomp) {
        return seccomp.problems().stream().map(Problem::toString).toList();
    }

    private static Seccomp read(String json) {
        return Jsonb.instance().type(Seccomp.class).fromJson(json);
    }
}
