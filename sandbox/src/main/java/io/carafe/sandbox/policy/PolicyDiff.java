package io.carafe.sandbox.policy;

import io.carafe.sandbox.json.JsonWriter;
import io.carafe.sandbox.policy.Policy.Memory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// What two policies say otherwise. Their names and descriptions don't count, nor how the rules are written: what they
/// come to for each call does.
///
/// @param settings what isn't about calls
/// @param calls    by name
public record PolicyDiff(List<Difference> settings, List<Difference> calls) {
    public PolicyDiff {
        settings = List.copyOf(settings);
        calls = List.copyOf(calls);
    }

    /// One thing, as it is in the one and in the other.
    ///
    /// @param what a setting, as its file calls it, or a call
    public record Difference(String what, String from, String to) {}

    public static PolicyDiff of(Policy one, Policy other) {
        var settings = new ArrayList<Difference>();
        Map<String, String> there = settings(other);
        settings(one).forEach((what, said) -> add(what, said, there.getOrDefault(what, ""), settings));
        var names = new TreeSet<String>();
        one.rules().forEach(rule -> names.addAll(rule.calls()));
        other.rules().forEach(rule -> names.addAll(rule.calls()));
        var calls = new ArrayList<Difference>();
        for (String name : names) {
            add(name, CallMeaning.of(one, name), CallMeaning.of(other, name), calls);
        }
        return new PolicyDiff(settings, calls);
    }

    private static void add(String what, String from, String to, List<Difference> differences) {
        if (!from.equals(to)) {
            differences.add(new Difference(what, from, to));
        }
    }

    private static Map<String, String> settings(Policy policy) {
        var settings = new LinkedHashMap<String, String>();
        settings.put("capabilities", words(policy.capabilities()));
        settings.put("noNewPrivileges", Boolean.toString(policy.noNewPrivileges()));
        settings.put("ids", PolicyJson.lower(policy.ids()));
        settings.put("network", policy.network() ? "host" : "none");
        settings.put("root", policy.readOnlyRoot() ? "read-only" : "writable");
        settings.put("landlock", PolicyJson.fence(policy.landlock()));
        settings.put("coreDumps", Boolean.toString(policy.coreDumps()));
        settings.put("paths.readOnly", words(policy.paths().readOnly()));
        settings.put("paths.hidden", words(policy.paths().hidden()));
        settings.put(
                "paths.writable",
                words(policy.paths().writable().stream().map(PolicyDiff::memory).toList()));
        settings.put(
                "devices",
                words(policy.devices().stream()
                        .map(it -> it.path() + " " + it.type() + " " + it.major() + ":" + it.minor())
                        .toList()));
        settings.put("forbidden", PolicyJson.lower(policy.forbidden()));
        settings.put("unnamed", policy.unnamed().word());
        return settings;
    }

    private static String memory(Memory memory) {
        return memory.path() + " (" + memory.size() + " bytes)";
    }

    private static String words(List<String> words) {
        return words.isEmpty() ? "none" : String.join(", ", words);
    }

    public boolean isEmpty() {
        return settings.isEmpty() && calls.isEmpty();
    }

    /// For people: a line for each setting, and one for all calls that change alike. Empty if nothing differs.
    public String text() {
        var text = new StringBuilder();
        settings.forEach(it -> line(it.what(), it.from(), it.to(), text));
        var alike = new LinkedHashMap<List<String>, List<String>>();
        calls.forEach(it -> alike.computeIfAbsent(List.of(it.from(), it.to()), key -> new ArrayList<>())
                .add(it.what()));
        alike.forEach((change, names) -> line(String.join(", ", names), change.getFirst(), change.getLast(), text));
        return text.toString();
    }

    private static void line(String what, String from, String to, StringBuilder text) {
        text.append(what).append(": ").append(from).append(" -> ").append(to).append('\n');
    }

    /// For programs, on one line.
    public String json() {
        var json = new JsonWriter().beginObject();
        list("settings", settings, json);
        list("calls", calls, json);
        return json.endObject().text();
    }

    private static void list(String name, List<Difference> differences, JsonWriter json) {
        json.name(name).beginList();
        differences.forEach(it -> json.beginObject()
                .put("name", it.what())
                .put("from", it.from())
                .put("to", it.to())
                .endObject());
        json.endList();
    }
}
