package io.carafe.sandbox.seccomp;

import static io.carafe.sandbox.seccomp.Architecture.AARCH64;
import static io.carafe.sandbox.seccomp.Architecture.ARM;
import static io.carafe.sandbox.seccomp.Architecture.X32;
import static io.carafe.sandbox.seccomp.Architecture.X86;
import static io.carafe.sandbox.seccomp.Architecture.X86_64;
import static io.carafe.sandbox.seccomp.Machine.ALLOW;
import static io.carafe.sandbox.seccomp.Machine.ENOSYS;
import static io.carafe.sandbox.seccomp.Machine.EPERM;
import static io.carafe.sandbox.seccomp.Machine.KILL_PROCESS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.sandbox.spec.Seccomp;
import io.carafe.sandbox.spec.Seccomp.Action;
import io.carafe.sandbox.spec.Seccomp.Argument;
import io.carafe.sandbox.spec.Seccomp.Operator;
import io.carafe.sandbox.spec.Seccomp.Syscalls;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompilerTest {
    private static final int READ = 0;
    private static final int KILL_THREAD = 0;

    @Test
    void allowedCallsPassAndOthersGetTheDefault() {
        Machine machine = machine(allow("read", "write", "openat"));
        assertThat(machine.value(Call.of(X86_64, "read"))).isEqualTo(ALLOW);
        assertThat(machine.value(Call.of(X86_64, "write"))).isEqualTo(ALLOW);
        assertThat(machine.value(Call.of(X86_64, "openat"))).isEqualTo(ALLOW);
        assertThat(machine.value(Call.of(X86_64, "open"))).isEqualTo(EPERM);
        assertThat(machine.value(Call.of(X86_64, "mount"))).isEqualTo(EPERM);
    }

    @Test
    void eachRangeEndsWhereItShould() {
        Machine machine = machine(allow("stat", "fstat", "lstat", "mmap")); // 4, 5, 6, 9
        int[] expected = {EPERM, EPERM, EPERM, EPERM, ALLOW, ALLOW, ALLOW, EPERM, EPERM, ALLOW, ENOSYS, ENOSYS};
        for (int number = 0; number < expected.length; number++) {
            assertThat(machine.value(Call.of(X86_64, number)))
                    .as("call %d", number)
                    .isEqualTo(expected[number]);
        }
    }

    @Test
    void numbersAboveAllThatTheProfileNamesAreUnheardOf() {
        Machine machine = machine(allow("read", "close_range")); // 436
        assertThat(machine.value(Call.of(X86_64, 435))).isEqualTo(EPERM);
        assertThat(machine.value(Call.of(X86_64, 437))).isEqualTo(ENOSYS);
        assertThat(machine.value(Call.of(X86_64, 0x3FFFFFFF))).isEqualTo(ENOSYS);
    }

    @Test
    void namingACallMakesItKnownWhateverItsAction() {
        var refuse = Syscalls.of(Action.SCMP_ACT_ERRNO, List.of("close_range"));
        Machine machine = machine(allow("read"), refuse);
        assertThat(machine.value(Call.of(X86_64, 435))).isEqualTo(EPERM);
        assertThat(machine.value(Call.of(X86_64, 436))).isEqualTo(EPERM);
        assertThat(machine.value(Call.of(X86_64, 437))).isEqualTo(ENOSYS);
    }

    @Test
    void aLenientDefaultHoldsForUnheardOfCallsToo() {
        var refuse = Syscalls.of(Action.SCMP_ACT_ERRNO, List.of("mount"));
        Machine machine = compile(profile(Action.SCMP_ACT_ALLOW, List.of(), refuse));
        assertThat(machine.value(Call.of(X86_64, "mount"))).isEqualTo(EPERM);
        assertThat(machine.value(Call.of(X86_64, 5000))).isEqualTo(ALLOW);
    }

    @Test
    void aProfileWithoutRulesIsItsDefault() {
        Machine machine = compile(profile(Action.SCMP_ACT_KILL, List.of()));
        assertThat(machine.value(Call.of(X86_64, READ))).isEqualTo(KILL_THREAD);
        assertThat(machine.value(Call.of(X86_64, 5000))).isEqualTo(KILL_THREAD);
    }

    @Test
    void otherArchitecturesKillTheProcess() {
        Machine machine = machine(allow("read"));
        assertThat(machine.value(Call.of(X86, "read"))).isEqualTo(KILL_PROCESS);
        assertThat(machine.value(Call.of(AARCH64, "read"))).isEqualTo(KILL_PROCESS);
        assertThat(machine.value(Call.of(0, READ))).isEqualTo(KILL_PROCESS);
    }

    @Test
    void otherArchitecturesAreReportedWhereThatIsAsked() {
        Seccomp told = profile(Action.SCMP_ACT_ALLOW, List.of(), Syscalls.of(Action.SCMP_ACT_NOTIFY, List.of("mkdir")));
        for (Call call : List.of(Call.of(X86, "read"), Call.of(X32, "read"), Call.of(0, READ))) {
            assertThat(compile(told).value(call)).isEqualTo(KILL_PROCESS);
            assertThat(new Machine(Compiler.compile(told, X86_64, true).instructions()).value(call))
                    .isEqualTo(0x7fc00000);
            Seccomp untold = profile(Action.SCMP_ACT_ALLOW, List.of());
            assertThat(new Machine(Compiler.compile(untold, X86_64, true).instructions()).value(call))
                    .as("nobody listens")
                    .isEqualTo(KILL_PROCESS);
        }
    }

    @Test
    void listedArchitecturesHaveTheirOwnNumbers() {
        Machine machine = compile(
                profile(Action.SCMP_ACT_ERRNO, List.of("SCMP_ARCH_X86", "SCMP_ARCH_ARM"), allow("read", "sync")));
        assertThat(machine.value(Call.of(X86, "read"))).isEqualTo(ALLOW); // 3, close on x86-64
        assertThat(machine.value(Call.of(X86_64, 3))).isEqualTo(EPERM);
        assertThat(machine.value(Call.of(X86, 0))).isEqualTo(EPERM);
        assertThat(machine.value(Call.of(ARM, "read")))
                .as("listed, but this machine can't meet it")
                .isEqualTo(KILL_PROCESS);
    }

    @Test
    void x32KillsTheProcessUnlessItIsListed() {
        Call call = Call.of(X32, "read");
        assertThat(machine(allow("read")).value(call)).isEqualTo(KILL_PROCESS);
        Machine both = compile(profile(Action.SCMP_ACT_ERRNO, List.of("SCMP_ARCH_X32"), allow("read", "readv")));
        assertThat(both.value(call)).isEqualTo(ALLOW);
        assertThat(both.value(Call.of(X32, "readv"))).isEqualTo(ALLOW); // 515 there
        assertThat(both.value(Call.of(X86_64, 0x40000000 | 19)))
                .as("x86-64's readv")
                .isEqualTo(EPERM);
        assertThat(both.value(Call.of(X86_64, 0x40000000 | 516))).isEqualTo(ENOSYS);
        assertThat(both.value(Call.of(X86_64, 20))).isEqualTo(ENOSYS);
    }

    @Test
    void aCallThatATracerSkipsIsNotTakenForX32() {
        assertThat(machine(allow("read")).value(Call.of(X86_64, -1))).isEqualTo(ENOSYS);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            NE, 5,           5, 4 6
            EQ, 4 6,         5, 5
            LT, 5 6,         5, 4 0
            LE, 6,           5, 4 5
            GE, 4,           5, 5 6
            GT, 4 5,         5, 6
            EQ, 7 100000007 200000008, 100000008, 100000008
            NE, 100000008,   100000008, 8 100000009 200000008
            LT, 100000008 200000000 ffffffffffffffff, 100000008, 100000007 9 0
            LE, 100000009 200000000, 100000008, 100000008 ffffffff
            GE, 100000007 ffffffff 0, 100000008, 100000008 200000000
            GT, 100000008 ffffffff, 100000008, 100000009 200000000 8000000000000000
            """)
    void operatorsCompareUnsigned64Bits(String operator, String fails, String value, String holds) {
        Machine machine = machine(conditional(
                Argument.of(2, Operator.valueOf("SCMP_CMP_" + operator), Long.parseUnsignedLong(value, 16))));
        for (String it : fails.split(" ")) {
            assertThat(machine.value(read(0, 0, it)))
                    .as("%s %s %s", it, operator, value)
                    .isEqualTo(EPERM);
        }
        for (String it : holds.split(" ")) {
            assertThat(machine.value(read(0, 0, it)))
                    .as("%s %s %s", it, operator, value)
                    .isEqualTo(ALLOW);
        }
    }

    @Test
    void masksLookAtTheirBitsOnly() {
        Machine machine = machine(conditional(Argument.masked(2, 0xF0_0000_00F0L, 0xFF50_0000_005FL)));
        assertThat(machine.value(read(0, 0, "5000000050"))).isEqualTo(ALLOW);
        assertThat(machine.value(read(0, 0, "ff5abcabcd5f"))).isEqualTo(ALLOW);
        assertThat(machine.value(read(0, 0, "5000000060"))).isEqualTo(EPERM);
        assertThat(machine.value(read(0, 0, "4000000050"))).isEqualTo(EPERM);
    }

    @Test
    void aMaskOfNothingAlwaysHolds() {
        assertThat(machine(conditional(Argument.masked(0, 0, 7))).value(read(1)))
                .isEqualTo(ALLOW);
    }

    @Test
    void allConditionsOfARuleMustHold() {
        Machine machine = machine(conditional(
                Argument.of(0, Operator.SCMP_CMP_EQ, 1), Argument.of(1, Operator.SCMP_CMP_GT, 0x1_0000_0000L)));
        assertThat(machine.value(read(1, 0x1_0000_0001L))).isEqualTo(ALLOW);
        assertThat(machine.value(read(1, 0x1_0000_0000L))).isEqualTo(EPERM);
        assertThat(machine.value(read(2, 0x1_0000_0001L))).isEqualTo(EPERM);
    }

    @Test
    void conditionsOnTheSameArgumentAreAlternatives() {
        Machine machine =
                machine(conditional(Argument.of(0, Operator.SCMP_CMP_EQ, 1), Argument.of(0, Operator.SCMP_CMP_EQ, 2)));
        assertThat(machine.value(read(1))).isEqualTo(ALLOW);
        assertThat(machine.value(read(2))).isEqualTo(ALLOW);
        assertThat(machine.value(read(3))).isEqualTo(EPERM);
    }

    @Test
    void theFirstRuleThatHoldsDecides() {
        var kill = Syscalls.of(Action.SCMP_ACT_KILL_PROCESS, List.of("read"), Argument.of(0, Operator.SCMP_CMP_EQ, 7));
        Machine machine = machine(kill, conditional(Argument.of(0, Operator.SCMP_CMP_GT, 5)));
        assertThat(machine.value(read(7))).isEqualTo(KILL_PROCESS);
        assertThat(machine.value(read(8))).isEqualTo(ALLOW);
        assertThat(machine.value(read(5))).isEqualTo(EPERM);
    }

    @Test
    void aRuleWithoutConditionsBeatsTheOthersWhereverItStands() {
        var kill = Syscalls.of(Action.SCMP_ACT_KILL_PROCESS, List.of("read"), Argument.of(0, Operator.SCMP_CMP_EQ, 7));
        assertThat(machine(kill, allow("read")).value(read(7))).isEqualTo(ALLOW);
        assertThat(machine(allow("read"), kill).value(read(7))).isEqualTo(ALLOW);
    }

    @Test
    void narrowArchitecturesCompare32Bits() {
        Machine machine = compile(profile(
                Action.SCMP_ACT_ERRNO,
                List.of("SCMP_ARCH_X86"),
                conditional(Argument.of(0, Operator.SCMP_CMP_EQ, 0xFFFF_FFFF_FFFF_FFFFL))));
        assertThat(machine.value(Call.of(X86, "read", 0xFFFF_FFFFL))).isEqualTo(ALLOW);
        assertThat(machine.value(Call.of(X86_64, "read", 0xFFFF_FFFFL))).isEqualTo(EPERM);
    }

    @Test
    void everyActionHasItsValue() {
        assertThat(Ruleset.value(Action.SCMP_ACT_KILL, null)).isZero();
        assertThat(Ruleset.value(Action.SCMP_ACT_TRAP, null)).isEqualTo(0x30000);
        assertThat(Ruleset.value(Action.SCMP_ACT_ERRNO, 38)).isEqualTo(ENOSYS);
        assertThat(Ruleset.value(Action.SCMP_ACT_TRACE, 7)).isEqualTo(0x7ff00007);
        assertThat(Ruleset.value(Action.SCMP_ACT_LOG, null)).isEqualTo(0x7ffc0000);
        assertThat(Ruleset.value(Action.SCMP_ACT_NOTIFY, null)).isEqualTo(0x7fc00000);
    }

    @Test
    void farTargetsAreReached() {
        var rules = new ArrayList<Syscalls>(List.of(allow("write")));
        for (int i = 0; i < 400; i++) {
            rules.add(new Syscalls(
                    List.of("read"), Action.SCMP_ACT_ERRNO, i + 2, List.of(Argument.of(0, Operator.SCMP_CMP_EQ, i))));
        }
        Machine machine = machine(rules.toArray(Syscalls[]::new));
        assertThat(machine.value(Call.of(X86_64, "write"))).isEqualTo(ALLOW);
        for (int i = 0; i < 400; i++) {
            assertThat(machine.value(read(i))).isEqualTo(0x50002 + i);
        }
        assertThat(machine.value(read(400))).isEqualTo(EPERM);
    }

    @Test
    void aProgramTooLongForTheKernelIsRefused() {
        var rules = new ArrayList<Syscalls>();
        for (int i = 0; i < 2000; i++) {
            rules.add(conditional(Argument.of(i % 6, Operator.SCMP_CMP_EQ, 0x1_0000_0000L + i)));
        }
        assertThatThrownBy(() -> machine(rules.toArray(Syscalls[]::new)))
                .hasMessageMatching("linux.seccomp needs \\d+ BPF instructions, and the kernel takes 4096");
    }

    @Test
    void flagsHaveTheKernelsNumbers() {
        var seccomp = new Seccomp(
                Action.SCMP_ACT_ALLOW,
                null,
                List.of(),
                List.of("SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW"),
                null,
                null,
                List.of());
        assertThat(Compiler.compile(seccomp, X86_64).flags()).isEqualTo(7);
    }

    @Test
    void namesThatNobodyKnowsArePassedOverAndTold() {
        Seccomp seccomp = profile(Action.SCMP_ACT_ERRNO, List.of(), allow("read", "raed", "breakpoint"));
        assertThat(Compiler.unknownNames(seccomp)).containsExactly("raed");
        assertThat(compile(seccomp).value(read(0))).isEqualTo(ALLOW);
    }

    @Test
    void programsAreWrittenAsTheKernelReadsThem() {
        var program = new Program(List.of(new Instruction(0x15, 1, 255, 0xC000003E)), 0, false);
        assertThat(program.words()).containsExactly(0xc000003eff010015L);
    }

    private static Syscalls allow(String... names) {
        return Syscalls.of(Action.SCMP_ACT_ALLOW, List.of(names));
    }

    private static Syscalls conditional(Argument... arguments) {
        return Syscalls.of(Action.SCMP_ACT_ALLOW, List.of("read"), arguments);
    }

    private static Call read(long... arguments) {
        return Call.of(X86_64, READ, arguments);
    }

    private static Call read(long first, long second, String third) {
        return read(first, second, Long.parseUnsignedLong(third, 16));
    }

    private static Machine machine(Syscalls... rules) {
        return compile(profile(Action.SCMP_ACT_ERRNO, List.of(), rules));
    }

    private static Seccomp profile(Action action, List<String> architectures, Syscalls... rules) {
        return new Seccomp(action, null, architectures, List.of(), null, null, List.of(rules));
    }

    private static Machine compile(Seccomp seccomp) {
        return new Machine(Compiler.compile(seccomp, X86_64).instructions());
    }
}
