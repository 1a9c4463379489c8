package io.carafe.sandbox.policy;

import io.carafe.sandbox.seccomp.Architecture;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What a program has been seen to call, and the least policy that lets it. Safe for use by several threads.
///
/// What the base refuses quietly is refused while it is recorded, too: the program copes, and so doesn't need it. Which
/// arguments are looked at is what opens another kind of thing by them: the option of `prctl`, the request of
/// `ioctl`, the family of a socket, the namespaces of `clone`.
public final class Recording {
    private static final long NAMESPACES = 0x7E020000L;
    private static final int ENOSYS = 38;

    /// What a process makes without asking for it, or is too quick to be seen with: signals, and the end.
    private static final List<String> ALWAYS = List.of("exit", "exit_group", "restart_syscall", "rt_sigreturn");

    private static final Map<String, List<Integer>> NUMBERS = Map.of(
            "ioctl", List.of(1),
            "personality", List.of(0),
            "prctl", List.of(0),
            "socket", List.of(0, 1, 2),
            "socketpair", List.of(0, 1, 2));

    private final Policy base;
    private final Map<String, Set<List<Long>>> made = new TreeMap<>(); // by call, the numbers that were looked at
    private final Map<String, Rule> refused = new TreeMap<>(); // by call and condition
    private final Set<String> forbidden = new TreeSet<>();
    private boolean foreign;

    /// @param base whose box the program is in
    public Recording(Policy base) {
        this.base = base;
    }

    /// Takes down a call.
    ///
    /// @param architecture `AUDIT_ARCH_*`
    /// @param arguments    six
    /// @return 0 if it shall be made, else the errno that it fails with
    public synchronized int add(int architecture, int number, List<Long> arguments) {
        String call = Architecture.call(architecture, number);
        if (call.startsWith("call ")) {
            return ENOSYS; // no table has it, and so no policy can name it
        }
        if (!Architecture.isNative(architecture, number)) {
            foreign = true; // no policy allows it: let the program go on, so that the rest is seen
            return 0;
        }
        if (call.equals("clone3")) {
            refused.put(call, new Rule(List.of(call), List.of(), new Treatment.Refuse(ENOSYS), ""));
            return ENOSYS; // its flags are in memory: clone comes next
        }
        Rule rule = rule(call, arguments);
        if (rule != null && rule.treatment() instanceof Treatment.Refuse(int errno)) {
            refused.put(call + rule.conditions(), new Rule(List.of(call), rule.conditions(), rule.treatment(), ""));
            return errno;
        }
        if (rule != null && rule.treatment() instanceof Treatment.Forbid) {
            forbidden.add(call);
        }
        made.computeIfAbsent(call, key -> new HashSet<>()).add(numbers(call, arguments));
        return 0;
    }

    private @Nullable Rule rule(String call, List<Long> arguments) {
        for (Rule rule : base.rules()) {
            if (rule.calls().contains(call)
                    && rule.conditions().stream().allMatch(it -> it.holds(arguments.get(it.argument())))) {
                return rule;
            }
        }
        return null;
    }

    private static List<Long> numbers(String call, List<Long> arguments) {
        if (call.equals("clone")) {
            return List.of(arguments.getFirst() & NAMESPACES);
        }
        return NUMBERS.getOrDefault(call, List.of()).stream()
                .map(it -> arguments.get(it) & Condition.LOW_32_BITS)
                .toList();
    }

    /// Calls that the base forbids, and the policy allows.
    public synchronized Set<String> forbidden() {
        return new TreeSet<>(forbidden);
    }

    /// Whether it has made calls by another convention than the machine's own, which no policy allows.
    public synchronized boolean isForeign() {
        return foreign;
    }

    /// Whether anything was seen.
    public synchronized boolean isEmpty() {
        return made.isEmpty();
    }

    /// All that it has been seen to call, and nothing else.
    public synchronized Policy policy(String name, String description) {
        var rules = new ArrayList<Rule>();
        var plain = new TreeSet<>(ALWAYS);
        made.forEach((call, seen) -> {
            for (List<Long> numbers : seen) {
                if (numbers.isEmpty()) {
                    plain.add(call);
                } else {
                    rules.add(new Rule(List.of(call), conditions(call, numbers), Treatment.ALLOW, ""));
                }
            }
        });
        rules.addFirst(new Rule(List.copyOf(plain), List.of(), Treatment.ALLOW, ""));
        rules.sort((one, other) ->
                Boolean.compare(one.conditions().isEmpty(), other.conditions().isEmpty()));
        refused.values().stream().filter(it -> !it.conditions().isEmpty()).forEach(rules::add);
        refused.values().stream().filter(it -> it.conditions().isEmpty()).forEach(rules::add);
        return base.with(name, description, rules);
    }

    private static List<Condition> conditions(String call, List<Long> numbers) {
        if (call.equals("clone")) {
            return List.of(new Condition(0, Condition.Test.IS, numbers.getFirst(), NAMESPACES));
        }
        var conditions = new ArrayList<Condition>();
        List<Integer> places = NUMBERS.getOrDefault(call, List.of());
        for (int i = 0; i < places.size(); i++) {
            conditions.add(Condition.is(places.get(i), numbers.get(i)));
        }
        return conditions;
    }
}
