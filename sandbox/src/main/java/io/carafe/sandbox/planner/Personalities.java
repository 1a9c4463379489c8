package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Spec;
import java.util.List;
import java.util.Map;

/// personality(2): before seccomp, whose default profile refuses most of it.
final class Personalities {
    private static final Map<String, Long> DOMAINS = Map.of("LINUX", 0L, "LINUX32", 8L);

    /// linux/personality.h
    private static final Map<String, Long> FLAGS = Map.ofEntries(
            Map.entry("UNAME26", 0x0020000L),
            Map.entry("ADDR_NO_RANDOMIZE", 0x0040000L),
            Map.entry("FDPIC_FUNCPTRS", 0x0080000L),
            Map.entry("MMAP_PAGE_ZERO", 0x0100000L),
            Map.entry("ADDR_COMPAT_LAYOUT", 0x0200000L),
            Map.entry("READ_IMPLIES_EXEC", 0x0400000L),
            Map.entry("ADDR_LIMIT_32BIT", 0x0800000L),
            Map.entry("SHORT_INODE", 0x1000000L),
            Map.entry("WHOLE_SECONDS", 0x2000000L),
            Map.entry("STICKY_TIMEOUTS", 0x4000000L),
            Map.entry("ADDR_LIMIT_3GB", 0x8000000L));

    private Personalities() {}

    static List<Line> steps(Spec spec, List<Problem> problems) {
        Spec.Personality personality = spec.linux().personality();
        if (personality == null) {
            return Planner.none();
        }
        Long domain = DOMAINS.get(personality.domain());
        if (domain == null) {
            problems.add(new Problem(
                    "linux.personality", "no such domain: " + personality.domain() + "; there are LINUX and LINUX32"));
        }
        long persona = domain == null ? 0 : domain;
        for (String name : personality.flags()) {
            Long flag = FLAGS.get(name);
            if (flag == null) {
                problems.add(new Problem("linux.personality", "no such flag: " + name));
            } else {
                persona |= flag;
            }
        }
        return List.of(line(new Step.SetPersonality(persona), "asked for"));
    }
}
