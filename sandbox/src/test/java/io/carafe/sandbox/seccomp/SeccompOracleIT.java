package io.carafe.sandbox.seccomp;

import static io.carafe.sandbox.seccomp.Architecture.AARCH64;
import static io.carafe.sandbox.seccomp.Architecture.X32;
import static io.carafe.sandbox.seccomp.Architecture.X86;
import static io.carafe.sandbox.seccomp.Architecture.X86_64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.sandbox.spec.Capability;
import io.carafe.sandbox.spec.Seccomp;
import io.carafe.sandbox.spec.Seccomp.Argument;
import io.carafe.sandbox.spec.Seccomp.Operator;
import io.carafe.sandbox.spec.Seccomp.Syscalls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/// libseccomp makes a filter of the same profile, and both must say the same. Needs gcc and libseccomp-dev on
/// x86-64, no privilege.
///
/// Where we differ on purpose, [#expected] says so.
class SeccompOracleIT {
    /// Calls that 32-bit x86 has twice, by number and inside `socketcall` or `ipc`. libseccomp writes rules for both
    /// ways; to us a name is a number, and the multiplexers are names of their own.
    private static final Set<String> MULTIPLEXED = Set.of(
            "socketcall",
            "socket",
            "bind",
            "connect",
            "listen",
            "accept",
            "accept4",
            "getsockname",
            "getpeername",
            "socketpair",
            "send",
            "recv",
            "sendto",
            "recvfrom",
            "shutdown",
            "setsockopt",
            "getsockopt",
            "sendmsg",
            "recvmsg",
            "sendmmsg",
            "recvmmsg",
            "ipc",
            "semop",
            "semget",
            "semctl",
            "semtimedop",
            "msgsnd",
            "msgrcv",
            "msgget",
            "msgctl",
            "shmat",
            "shmdt",
            "shmget",
            "shmctl",
            "recvmmsg_time64",
            "semtimedop_time64");

    static final List<Long> CAPABILITIES = List.of(
            0L,
            Capability.mask(Capability.NET_RAW, Capability.SYS_CHROOT),
            Capability.mask(Capability.SYS_ADMIN, Capability.SYS_PTRACE, Capability.NET_ADMIN, Capability.SYS_TIME));

    @TempDir
    static Path directory;

    private static Path oracle;

    @BeforeAll
    static void build() throws Exception {
        assumeTrue("amd64".equals(System.getProperty("os.arch")), "the oracle is asked on x86-64 only");
        oracle = directory.resolve("oracle");
        Path source = directory.resolve("oracle.c");
        try (InputStream in = SeccompOracleIT.class.getResourceAsStream("oracle.c")) {
            Files.copy(in, source);
        }
        Process gcc;
        try {
            gcc = new ProcessBuilder("gcc", "-o", oracle.toString(), source.toString(), "-lseccomp")
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException missing) {
            assumeTrue(false, "no gcc: " + missing.getMessage());
            return;
        }
        String output = new String(gcc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assumeTrue(gcc.waitFor() == 0, "gcc or libseccomp-dev is missing: " + output);
    }

    @ParameterizedTest
    @FieldSource("CAPABILITIES")
    void libseccompAgreesOnTheDefaultProfile(long capabilities) throws Exception {
        Seccomp seccomp = known(DefaultProfile.of(X86_64, capabilities));
        Machine theirs = theirs(seccomp);
        Machine ours = ours(seccomp);
        System.out.printf(
                "default profile with %d capabilities: %d instructions, libseccomp %d%n",
                Long.bitCount(capabilities),
                ours.program().size(),
                theirs.program().size());
        compare(seccomp, ours, theirs, 1);
        steps(ours, theirs);
    }

    /// Plain profiles, that is. Where a call has several rules that compare by order, or by more than one argument,
    /// libseccomp 2.5.4 sometimes loses one: of 121,000 calls near the limits 27 got the default though a rule
    /// held, and one got a rule that didn't hold. There we do what the profile means: [CompilerRandomTest].
    @Test
    void libseccompAgreesOnRandomProfiles() throws Exception {
        List<String> names = names(X86_64, Tables.numbers(X86_64).keySet());
        int total = 0;
        int totalOfTheirs = 0;
        for (long seed = 0; seed < 50; seed++) {
            Seccomp seccomp = new RandomProfile(new SplittableRandom(seed)).next(names, false);
            Machine theirs = theirs(seccomp);
            Machine ours = ours(seccomp);
            compare(seccomp, ours, theirs, seed);
            total += ours.program().size();
            totalOfTheirs += theirs.program().size();
        }
        System.out.printf("50 random profiles: %d instructions, libseccomp %d%n", total, totalOfTheirs);
    }

    private void compare(Seccomp seccomp, Machine ours, Machine theirs, long seed) {
        var random = new RandomProfile(new SplittableRandom(seed));
        var meaning = new Meaning(seccomp, X86_64);
        for (Architecture architecture : List.of(X86_64, X86, X32, AARCH64)) {
            var names = new TreeMap<Integer, String>();
            Tables.numbers(architecture).forEach((name, number) -> names.put(number, name));
            int base = architecture == X32 ? 0x40000000 : 0;
            for (int number = -1; number <= 1024; number++) {
                int full = number == -1 ? -1 : base | number;
                String name = names.getOrDefault(full, "");
                if ((architecture == X86 && MULTIPLEXED.contains(name))
                        || (architecture == X32 && comparesUpperHalves(seccomp, name))) {
                    continue;
                }
                boolean conditional = rules(seccomp, name).stream()
                        .anyMatch(rule -> !rule.args().isEmpty());
                for (int i = 0; i < (conditional ? 50 : 1); i++) {
                    Call call = Call.of(
                            architecture.auditArch(), full, narrow(architecture, random.arguments(seccomp, name)));
                    assertThat(ours.value(call))
                            .as(() -> "%s by %s with default %s and %s"
                                    .formatted(call, architecture, seccomp.defaultAction(), rules(seccomp, name)))
                            .isEqualTo(expected(meaning, theirs, architecture, call));
                }
            }
        }
    }

    /// What libseccomp says, but for the calls above all that the profile names: those get ENOSYS, as runc patches
    /// the filters that libseccomp makes for it. (x86-64's -1 too, which a tracer uses to skip a call.)
    private static int expected(Meaning meaning, Machine theirs, Architecture architecture, Call call) {
        int value = theirs.value(call);
        boolean listed = value != Machine.KILL_PROCESS || meaning.value(call) != Machine.KILL_PROCESS;
        Architecture numbers = architecture == X32 && call.number() == -1 ? X86_64 : architecture;
        return listed && meaning.isUnheardOf(call.number(), numbers) ? Machine.ENOSYS : value;
    }

    /// x32 has 64-bit registers, but libseccomp compares 32 bits of them and we compare all.
    private static boolean comparesUpperHalves(Seccomp seccomp, String name) {
        return rules(seccomp, name).stream()
                .flatMap(rule -> rule.args().stream())
                .anyMatch(argument -> argument.value() >>> 32 != 0 || argument.valueTwo() >>> 32 != 0);
    }

    private static List<Syscalls> rules(Seccomp seccomp, String name) {
        return seccomp.syscalls().stream()
                .filter(rule -> rule.names().contains(name))
                .toList();
    }

    private static long[] narrow(Architecture architecture, long[] arguments) {
        if (architecture == X86 || architecture == X32) {
            for (int i = 0; i < arguments.length; i++) {
                arguments[i] &= 0xFFFFFFFFL;
            }
        }
        return arguments;
    }

    private static void steps(Machine ours, Machine theirs) {
        for (String name : List.of("read", "futex", "openat", "clone", "ioctl", "socket", "mount")) {
            Call call = Call.of(X86_64, name, 2, 0x5401);
            System.out.printf(
                    "  %-7s %3d instructions run, libseccomp %3d%n",
                    name, ours.run(call).steps(), theirs.run(call).steps());
        }
    }

    private static Machine ours(Seccomp seccomp) {
        return new Machine(Compiler.compile(seccomp, X86_64).instructions());
    }

    private static Machine theirs(Seccomp seccomp) throws Exception {
        int byDefault = Ruleset.value(seccomp.defaultAction(), seccomp.defaultErrnoRet());
        var text = new StringBuilder("default %x%n".formatted(byDefault));
        for (String name : seccomp.architectures()) {
            if (!name.equals("SCMP_ARCH_X86_64")) {
                text.append("arch ")
                        .append(name.substring("SCMP_ARCH_".length()).toLowerCase(Locale.ROOT))
                        .append('\n');
            }
        }
        for (Syscalls rule : seccomp.syscalls()) {
            int value = Ruleset.value(rule.action(), rule.errnoRet());
            if (value == byDefault) {
                continue; // runc leaves these out, libseccomp refuses them
            }
            boolean distinct =
                    rule.args().stream().map(Argument::index).distinct().count()
                            == rule.args().size();
            for (String name : rule.names()) {
                if (distinct) {
                    text.append(line(value, name, rule.args()));
                } else {
                    rule.args().forEach(argument -> text.append(line(value, name, List.of(argument)))); // as runc does
                }
            }
        }
        return Machine.of(ask(text.toString()));
    }

    private static String line(int value, String name, List<Argument> arguments) {
        return "rule %x %s %x ".formatted(value, name, arguments.size())
                + arguments.stream()
                        .map(it -> "%x %x %x %x".formatted(it.index(), number(it.op()), it.value(), it.valueTwo()))
                        .collect(Collectors.joining(" "))
                + "\n";
    }

    /// `enum scmp_compare` of `<seccomp.h>`
    private static int number(Operator op) {
        return switch (op) {
            case SCMP_CMP_NE -> 1;
            case SCMP_CMP_LT -> 2;
            case SCMP_CMP_LE -> 3;
            case SCMP_CMP_EQ -> 4;
            case SCMP_CMP_GE -> 5;
            case SCMP_CMP_GT -> 6;
            case SCMP_CMP_MASKED_EQ -> 7;
        };
    }

    /// The profile without the names that the installed libseccomp is too old for.
    private static Seccomp known(Seccomp seccomp) throws Exception {
        var all = new HashSet<String>();
        seccomp.syscalls().forEach(rule -> all.addAll(rule.names()));
        var known = new HashSet<>(names(X86_64, all));
        known.addAll(names(X86, all));
        List<Syscalls> rules = new ArrayList<>();
        for (Syscalls rule : seccomp.syscalls()) {
            List<String> names = rule.names().stream().filter(known::contains).toList();
            rules.add(new Syscalls(names, rule.action(), rule.errnoRet(), rule.args()));
        }
        return new Seccomp(
                seccomp.defaultAction(),
                seccomp.defaultErrnoRet(),
                seccomp.architectures(),
                List.of(),
                null,
                null,
                rules);
    }

    private static List<String> names(Architecture architecture, Set<String> names) throws Exception {
        String arch = architecture.name().toLowerCase(Locale.ROOT);
        byte[] answer = ask("names " + arch + " " + names.stream().sorted().collect(Collectors.joining(" ")));
        return new String(answer, StandardCharsets.UTF_8).lines().toList();
    }

    private static byte[] ask(String question) throws Exception {
        Process process = new ProcessBuilder(oracle.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var out = process.getOutputStream()) {
            out.write(question.getBytes(StandardCharsets.UTF_8));
        }
        byte[] answer = process.getInputStream().readAllBytes();
        assertThat(process.waitFor()).as("the oracle, asked %s", question).isZero();
        return answer;
    }
}
