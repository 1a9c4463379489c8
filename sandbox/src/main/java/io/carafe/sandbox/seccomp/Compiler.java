package io.carafe.sandbox.seccomp;

import io.carafe.sandbox.seccomp.Comparison.Test;
import io.carafe.sandbox.seccomp.Verdict.Clause;
import io.carafe.sandbox.spec.Seccomp;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Turns a profile into a BPF program.
///
/// The program looks at the architecture first and kills the process if the profile hasn't got it, or does
/// what a policy says, or who listens is told: the same number means other calls there. Then it finds the
/// number's range in a balanced tree of comparisons, so the longest way to a verdict grows with the logarithm
/// of the profile. Only then it looks at arguments, if the verdict asks for them.
public final class Compiler {
    /// `BPF_MAXINSNS` of `<linux/bpf_common.h>`
    public static final int MOST_INSTRUCTIONS = 4096;

    /// What was compiled last: most boxes have the same profile, and compiling it is half of a warm JVM's time to plan.
    private static volatile @Nullable Compiled last;

    private record Compiled(Seccomp seccomp, Architecture machine, boolean reports, Program program) {}

    private final Assembler assembler = new Assembler();
    private final Map<Integer, Integer> loads = new HashMap<>();

    private Compiler() {}

    /// The program for a machine of this architecture, which is always listed. Expects a profile without
    /// [Seccomp#problems].
    ///
    /// @throws IllegalArgumentException if the profile needs more instructions than the kernel takes
    public static Program compile(Seccomp seccomp, Architecture machine) {
        return compile(seccomp, machine, false);
    }

    /// The same.
    ///
    /// @param reports whoever listens hears of forbidden calls, and answers none: of those by a convention that
    ///     the profile hasn't got too, which else are no question for an agent
    public static Program compile(Seccomp seccomp, Architecture machine, boolean reports) {
        Compiled known = last;
        // the same object most often: a record's own equals() costs a cold JVM 20 ms
        if (known == null
                || known.machine != machine
                || known.reports != reports
                || !Objects.equals(known.seccomp, seccomp)) {
            known = new Compiled(seccomp, machine, reports, compiled(seccomp, machine, reports));
            last = known;
        }
        return known.program;
    }

    private static Program compiled(Seccomp seccomp, Architecture machine, boolean reports) {
        List<Instruction> instructions = new Compiler().program(seccomp, machine, reports);
        if (instructions.size() > MOST_INSTRUCTIONS) {
            throw new IllegalArgumentException("linux.seccomp needs " + instructions.size()
                    + " BPF instructions, and the kernel takes " + MOST_INSTRUCTIONS);
        }
        return new Program(instructions, flags(seccomp), seccomp.notifies());
    }

    /// The names in a profile that no architecture has a call by: written wrong, or newer than our tables. They are
    /// passed over, as every runtime does; this is for telling the user.
    public static List<String> unknownNames(Seccomp seccomp) {
        return seccomp.syscalls().stream()
                .flatMap(rule -> rule.names().stream())
                .distinct()
                .filter(name ->
                        Arrays.stream(Architecture.values()).noneMatch(it -> it.number(name) != Architecture.NO_CALL))
                .toList();
    }

    private List<Instruction> program(Seccomp seccomp, Architecture machine, boolean reports) {
        var ruleset = new Ruleset(seccomp, reports);
        Set<Architecture> listed = listed(seccomp, machine);
        int next = address(ruleset.foreign());
        for (Architecture architecture : listed) {
            if (architecture != Architecture.X32 && architecture != machine) {
                next = section(ruleset, architecture, listed, next);
            }
        }
        next = section(ruleset, machine, listed, next); // written last, so tried first
        assembler.load(Instruction.ARCHITECTURE, next);
        return assembler.program();
    }

    /// What is listed and what this machine's kernel can meet.
    private static Set<Architecture> listed(Seccomp seccomp, Architecture machine) {
        Set<Architecture> listed = EnumSet.of(machine);
        seccomp.architectures().stream()
                .flatMap(name -> Architecture.ofOciName(name).stream())
                .filter(machine.foreign()::contains)
                .forEach(listed::add);
        return listed;
    }

    /// One architecture's part; `otherwise` is where to go with another architecture in the accumulator.
    private int section(Ruleset ruleset, Architecture architecture, Set<Architecture> listed, int otherwise) {
        int tree = tree(Ranges.of(ruleset, architecture, listed));
        int entry = assembler.load(Instruction.NUMBER, tree);
        return assembler.jump(Instruction.JUMP_EQUAL, architecture.auditArch(), entry, otherwise);
    }

    private int tree(List<Range> ranges) {
        if (ranges.size() == 1) {
            return address(ranges.getFirst().verdict());
        }
        if (isOneAmidOthers(ranges)) {
            int others = address(ranges.getFirst().verdict());
            int one = address(ranges.get(1).verdict());
            return assembler.jump(Instruction.JUMP_EQUAL, ranges.get(1).first(), one, others);
        }
        int middle = ranges.size() / 2;
        int upper = tree(ranges.subList(middle, ranges.size()));
        int lower = tree(ranges.subList(0, middle));
        return assembler.jump(Instruction.JUMP_GREATER_EQUAL, ranges.get(middle).first(), upper, lower);
    }

    /// True for a single number with the same verdict below and above it: one comparison does for two.
    private static boolean isOneAmidOthers(List<Range> ranges) {
        return ranges.size() == 3
                && ranges.get(1).first() + 1 == ranges.get(2).first()
                && ranges.getFirst().verdict().isAlwaysLike(ranges.getLast().verdict());
    }

    private int address(Verdict verdict) {
        Place next = Place.anywhere(assembler.returning(verdict.otherwise()));
        for (Clause clause : verdict.clauses().reversed()) {
            next = clause(clause, next);
        }
        return enter(next, Place.ANYTHING);
    }

    /// The place where this clause is tried; `otherwise` is the place of the next one.
    private Place clause(Clause clause, Place otherwise) {
        Place holds = Place.anywhere(assembler.returning(clause.value()));
        for (Comparison comparison : clause.comparisons().reversed()) {
            Place next = holds;
            for (Test test : comparison.tests().reversed()) {
                next = test(test, holds, otherwise, next);
            }
            holds = next;
        }
        return holds;
    }

    private Place test(Test test, Place holds, Place fails, Place next) {
        int left = test.mask() == -1 ? test.offset() : Place.ANYTHING; // what the accumulator has when we jump
        int whenTrue = enter(place(test.whenTrue(), holds, fails, next), left);
        int whenFalse = enter(place(test.whenFalse(), holds, fails, next), left);
        int jump = assembler.jump(test.jump(), test.k(), whenTrue, whenFalse);
        if (test.mask() != -1) {
            jump = assembler.before(Instruction.of(Instruction.AND, test.mask()), jump);
        }
        return new Place(jump, test.offset());
    }

    private static Place place(Test.Edge edge, Place holds, Place fails, Place next) {
        return switch (edge) {
            case HOLDS -> holds;
            case FAILS -> fails;
            case NEXT -> next;
        };
    }

    /// The address by which to get to a place with this word in the accumulator: past the load if it is the right
    /// one.
    private int enter(Place place, int word) {
        if (place.word() == Place.ANYTHING || place.word() == word) {
            return place.address();
        }
        return loads.computeIfAbsent(place.address(), address -> assembler.load(place.word(), address));
    }

    /// An address, and the word of `struct seccomp_data` that the accumulator must hold there.
    private record Place(int address, int word) {
        static final int ANYTHING = -1;

        static Place anywhere(int address) {
            return new Place(address, ANYTHING);
        }
    }

    /// `SECCOMP_FILTER_FLAG_` of `<linux/seccomp.h>`, those that the kernel takes. A process with one thread has
    /// no other to give its filter to, and the kernel refuses to try where a listener comes of it; where nobody
    /// listens, nobody waits.
    private static int flags(Seccomp seccomp) {
        int flags = 0;
        for (String name : seccomp.flags()) {
            flags |= switch (name) {
                case "SECCOMP_FILTER_FLAG_TSYNC" -> seccomp.notifies() ? 0 : 1;
                case "SECCOMP_FILTER_FLAG_LOG" -> 1 << 1;
                case "SECCOMP_FILTER_FLAG_SPEC_ALLOW" -> 1 << 2;
                case "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV" -> seccomp.notifies() ? 1 << 5 : 0;
                default -> throw new IllegalArgumentException("linux.seccomp.flags: " + name + " is not known");
            };
        }
        return flags;
    }
}
