package io.carafe.sandbox.policy;

import io.carafe.sandbox.json.IndentedJson;
import io.carafe.sandbox.json.JsonWriter;
import io.carafe.sandbox.json.Node;
import io.carafe.sandbox.policy.Policy.Device;
import io.carafe.sandbox.policy.Policy.Fence;
import io.carafe.sandbox.policy.Policy.Forbidden;
import io.carafe.sandbox.policy.Policy.Ids;
import io.carafe.sandbox.policy.Policy.Memory;
import io.carafe.sandbox.policy.Policy.Paths;
import io.carafe.sandbox.spec.Capability;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// A policy's file: `docs/policies.md`. Strict, since what is written wrong here lets something through: a
/// property that isn't known is a problem, and all problems are told at once, each with its place.
final class PolicyJson {
    private static final long SIZE_MAX = 1L << 50;

    private static final Map<String, Ids> IDS = Map.of("own", Ids.OWN, "host", Ids.HOST);
    private static final Map<String, Boolean> NETWORKS = Map.of("none", false, "host", true);
    private static final Map<String, Boolean> ROOTS = Map.of("read-only", true, "writable", false);
    private static final Map<String, Fence> FENCES =
            Map.of("no", Fence.NONE, "if-there", Fence.IF_THERE, "needed", Fence.NEEDED);
    private static final Map<String, Forbidden> FORBIDDEN = Map.of(
            "report", Forbidden.REPORT, "errno", Forbidden.ERRNO, "trap", Forbidden.TRAP, "kill", Forbidden.KILL);

    private final Node file;
    private final Policy base;

    private PolicyJson(Node file, Policy base) {
        this.file = file;
        this.base = base;
    }

    /// What a file says, and about what it doesn't say, `base`.
    ///
    /// @param file where problems go
    static Policy read(Node file, String name, Policy base) {
        return new PolicyJson(file, base).policy(name);
    }

    private Policy policy(String name) {
        keys(
                file,
                "description",
                "inherits",
                "capabilities",
                "noNewPrivileges",
                "ids",
                "network",
                "root",
                "landlock",
                "coreDumps",
                "clock",
                "paths",
                "devices",
                "forbidden",
                "unnamed",
                "calls");
        clock(file.get("clock"));
        Policy policy = new Policy(
                name,
                file.get("description").text(),
                capabilities(file.get("capabilities")),
                truth(file.get("noNewPrivileges"), base.noNewPrivileges()),
                word(file.get("ids"), IDS, base.ids()),
                word(file.get("network"), NETWORKS, base.network()),
                word(file.get("root"), ROOTS, base.readOnlyRoot()),
                word(file.get("landlock"), FENCES, base.landlock()),
                truth(file.get("coreDumps"), base.coreDumps()),
                paths(file.get("paths").object()),
                devices(file.get("devices")),
                word(file.get("forbidden"), FORBIDDEN, base.forbidden()),
                treatment(file.get("unnamed"), base.unnamed()),
                new RuleReader(file.get("calls")).over(base.rules()));
        fit(policy);
        return policy;
    }

    /// What contradicts itself as a whole.
    private void fit(Policy policy) {
        if (!policy.noNewPrivileges() && policy.landlock() != Fence.NONE) {
            file.get("noNewPrivileges").problem("has to be true beside landlock, unless that is \"no\"");
        }
        boolean reported = policy.forbidden() == Forbidden.REPORT;
        for (Rule rule : policy.rules()) {
            if (reported && rule.calls().contains("write") && rule.treatment() instanceof Treatment.Forbid) {
                file.get("calls").problem("write can't be reported: let forbidden be errno, trap or kill");
            }
        }
        if (reported && policy.unnamed() instanceof Treatment.Forbid) {
            file.get("unnamed")
                    .problem("what no rule names can't be reported: name the calls, or let forbidden be kill");
        }
    }

    /// The one thing that is asked for often, and can't be had.
    private static void clock(Node clock) {
        if (clock.isThere() && !clock.text().equals("exact")) {
            clock.problem("can only be \"exact\": a program reads the time without a system call, from the processor's"
                    + " counter and the vDSO, and can count it out in a thread; no kernel setting makes that coarser");
        }
    }

    private List<String> capabilities(Node node) {
        if (!node.isThere()) {
            return base.capabilities();
        }
        long mask = 0;
        for (Node element : node.elements()) {
            Optional<Capability> capability = Capability.named(element.text());
            if (capability.isEmpty()) {
                element.problem("no such capability: " + Node.quoted(element.text()));
            } else {
                mask |= capability.get().bit();
            }
        }
        return Capability.names(mask);
    }

    private Paths paths(Node node) {
        keys(node, "readOnly", "hidden", "writable");
        return new Paths(
                absolute(node.get("readOnly"), base.paths().readOnly()),
                absolute(node.get("hidden"), base.paths().hidden()),
                writable(node.get("writable")));
    }

    private static List<String> absolute(Node node, List<String> absent) {
        if (!node.isThere()) {
            return absent;
        }
        var paths = new ArrayList<String>();
        for (Node element : node.elements()) {
            element.needed();
            paths.add(element.absolute());
        }
        return paths;
    }

    private List<Memory> writable(Node node) {
        if (!node.isThere()) {
            return base.paths().writable();
        }
        var memories = new ArrayList<Memory>();
        for (Node element : node.objects()) {
            keys(element, "path", "size");
            element.get("path").needed();
            memories.add(new Memory(
                    element.get("path").absolute(), element.get("size").neededNumber(1, SIZE_MAX)));
        }
        return memories;
    }

    private List<Device> devices(Node node) {
        if (!node.isThere()) {
            return base.devices();
        }
        var devices = new ArrayList<Device>();
        for (Node element : node.objects()) {
            keys(element, "path", "type", "major", "minor");
            element.get("path").needed();
            element.get("type").needed();
            devices.add(new Device(
                    element.get("path").absolute(),
                    element.get("type").oneOf(Set.of("c", "b"), "type of device, c or b", "c"),
                    (int) element.get("major").neededNumber(0, 4095),
                    (int) element.get("minor").neededNumber(0, 1_048_575)));
        }
        return devices;
    }

    static Treatment treatment(Node node, Treatment absent) {
        String word = node.text();
        if (word.isEmpty()) {
            return absent;
        }
        Treatment treatment = Treatments.named(word);
        if (treatment == null) {
            node.problem("neither allow, forbid nor the name of an error as ENOSYS: " + Node.quoted(word));
            return absent;
        }
        return treatment;
    }

    private static boolean truth(Node node, boolean absent) {
        return node.isThere() ? node.truth() : absent;
    }

    private static <T> T word(Node node, Map<String, T> words, T absent) {
        String text = node.text();
        T value = words.get(text);
        if (value == null && node.isThere()) {
            node.problem("not one of " + String.join(", ", new TreeSet<>(words.keySet())) + ": " + Node.quoted(text));
        }
        return value == null ? absent : value;
    }

    /// A property of another name is a problem: most often it is a known one written wrong.
    static void keys(Node object, String... names) {
        Set<String> known = new LinkedHashSet<>(List.of(names));
        object.properties().forEach((name, node) -> {
            if (!known.contains(name)) {
                node.problem("no such property; there are " + String.join(", ", known));
            }
        });
    }

    /// The file of a policy, which inherits nothing.
    static String text(Policy policy) {
        var json = new JsonWriter().beginObject();
        if (!policy.description().isEmpty()) {
            json.put("description", policy.description());
        }
        json.put("capabilities", policy.capabilities());
        json.put("noNewPrivileges", policy.noNewPrivileges());
        json.put("ids", lower(policy.ids()));
        json.put("network", policy.network() ? "host" : "none");
        json.put("root", policy.readOnlyRoot() ? "read-only" : "writable");
        json.put("landlock", fence(policy.landlock()));
        json.put("coreDumps", policy.coreDumps());
        paths(policy.paths(), json.name("paths"));
        json.name("devices").beginList();
        policy.devices()
                .forEach(it -> json.beginObject()
                        .put("path", it.path())
                        .put("type", it.type())
                        .put("major", it.major())
                        .put("minor", it.minor())
                        .endObject());
        json.endList();
        json.put("forbidden", lower(policy.forbidden()));
        json.put("unnamed", policy.unnamed().word());
        json.name("calls").beginList();
        policy.rules().forEach(it -> rule(it, json));
        return IndentedJson.of(json.endList().endObject().text()) + "\n";
    }

    private static void paths(Paths paths, JsonWriter json) {
        json.beginObject().put("readOnly", paths.readOnly()).put("hidden", paths.hidden());
        json.name("writable").beginList();
        paths.writable()
                .forEach(it -> json.beginObject()
                        .put("path", it.path())
                        .put("size", it.size())
                        .endObject());
        json.endList().endObject();
    }

    private static void rule(Rule rule, JsonWriter json) {
        json.beginObject();
        if (!rule.why().isEmpty()) {
            json.put("why", rule.why());
        }
        json.put("action", rule.treatment().word()).put("names", rule.calls());
        if (!rule.conditions().isEmpty()) {
            json.name("where").beginList();
            rule.conditions().forEach(it -> condition(it, json));
            json.endList();
        }
        json.endObject();
    }

    private static void condition(Condition condition, JsonWriter json) {
        json.beginObject().put("argument", condition.argument());
        switch (condition.test()) {
            case IS -> {
                json.put("is", number(condition.value()));
                if (condition.mask() != Condition.LOW_32_BITS) {
                    json.put("mask", number(condition.mask()));
                }
            }
            case AT_LEAST -> json.put("atLeast", number(condition.value()));
            case AT_MOST -> json.put("atMost", number(condition.value()));
        }
        json.endObject();
    }

    static String fence(Fence fence) {
        return fence == Fence.NONE ? "no" : lower(fence);
    }

    static String number(long value) {
        return "0x" + Long.toHexString(value);
    }

    static String lower(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
