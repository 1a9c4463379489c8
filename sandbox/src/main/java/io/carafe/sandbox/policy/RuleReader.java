package io.carafe.sandbox.policy;

import io.carafe.sandbox.json.Node;
import io.carafe.sandbox.policy.Condition.Test;
import io.carafe.sandbox.seccomp.Architecture;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The rules of a policy's file, each checked against what a filter can see.
final class RuleReader {
    private final List<Rule> rules = new ArrayList<>();
    private final Map<String, String> settled = new HashMap<>(); // calls whose last word has been said, and where

    RuleReader(Node calls) {
        for (Node node : calls.objects()) {
            rules.add(rule(node));
        }
    }

    /// These rules, and those of `base` about calls that these say nothing of.
    List<Rule> over(List<Rule> base) {
        Set<String> named = new HashSet<>();
        rules.forEach(rule -> named.addAll(rule.calls()));
        var all = new ArrayList<Rule>();
        for (Rule rule : base) {
            List<String> left =
                    rule.calls().stream().filter(it -> !named.contains(it)).toList();
            if (!left.isEmpty()) {
                all.add(new Rule(left, rule.conditions(), rule.treatment(), rule.why()));
            }
        }
        all.addAll(rules);
        return all;
    }

    private Rule rule(Node node) {
        PolicyJson.keys(node, "names", "action", "where", "why");
        node.get("action").needed();
        var names = new ArrayList<String>();
        List<Node> elements = node.get("names").elements();
        if (elements.isEmpty()) {
            node.get("names").problem("names no system call");
        }
        for (Node element : elements) {
            names.add(name(element, node.get("where").elements().isEmpty()));
        }
        var conditions = new ArrayList<Condition>();
        Set<Integer> arguments = new HashSet<>();
        for (Node element : node.get("where").objects()) {
            Condition condition = condition(element, names);
            if (!arguments.add(condition.argument())) {
                element.get("argument").problem("has a condition already: write two rules");
            }
            conditions.add(condition);
        }
        return new Rule(
                names,
                conditions,
                PolicyJson.treatment(node.get("action"), Treatment.FORBID),
                node.get("why").text());
    }

    private String name(Node node, boolean whatever) {
        String name = node.needed();
        if (!name.isEmpty() && !Architecture.isCall(name)) {
            node.problem("no such system call: " + Node.quoted(name));
        }
        String said = settled.get(name);
        if (said != null) {
            node.problem("is never reached: " + name + " has a rule without conditions before it, " + said);
        } else if (whatever && !name.isEmpty()) {
            settled.put(name, node.asProblem("").where());
        }
        return name;
    }

    private static Condition condition(Node node, List<String> names) {
        PolicyJson.keys(node, "argument", "is", "mask", "atLeast", "atMost");
        int argument = (int) node.get("argument").neededNumber(0, 5);
        Condition condition = test(node, argument);
        for (String name : names) {
            if (Architecture.isCall(name) && !Registers.isNumber(name, argument)) {
                pointer(node, name, condition);
            }
        }
        return condition;
    }

    private static void pointer(Node node, String name, Condition condition) {
        int argument = condition.argument();
        if (!Registers.isPointer(name, argument)) {
            node.get("argument")
                    .problem("a filter can't check argument " + argument + " of " + name
                            + ": it points to memory that the program can change meanwhile, or isn't there");
        } else if (condition.test() != Test.IS || condition.value() != 0 || condition.mask() != -1) {
            node.problem("argument " + argument + " of " + name + " is a pointer: write {\"argument\": " + argument
                    + ", \"is\": 0, \"mask\": \"0xffffffffffffffff\"}");
        }
    }

    private static Condition test(Node node, int argument) {
        boolean is = node.get("is").isThere();
        boolean least = node.get("atLeast").isThere();
        boolean most = node.get("atMost").isThere();
        if ((is ? 1 : 0) + (least ? 1 : 0) + (most ? 1 : 0) != 1) {
            node.problem("needs one of is, atLeast and atMost");
        }
        if (!is && node.get("mask").isThere()) {
            node.get("mask").problem("goes with is alone");
        }
        if (least || most) {
            return new Condition(
                    argument,
                    least ? Test.AT_LEAST : Test.AT_MOST,
                    number(node.get(least ? "atLeast" : "atMost"), 0),
                    -1);
        }
        long mask = number(node.get("mask"), Condition.LOW_32_BITS);
        long value = number(node.get("is"), 0);
        if ((value & ~mask) != 0) {
            node.get("is")
                    .problem(PolicyJson.number(value) + " has bits that the mask " + PolicyJson.number(mask)
                            + " hasn't");
        }
        if (mask == 0) {
            node.get("mask").problem("is 0, and then the condition says nothing");
        }
        return new Condition(argument, Test.IS, value, mask);
    }

    /// A number, or a text as `"0x80000000"`: JSON itself has decimal ones alone.
    private static long number(Node node, long absent) {
        String text = node.plain();
        if (!text.startsWith("0x") || text.length() < 3) {
            return node.isThere() ? node.unsigned() : absent;
        }
        try {
            return Long.parseUnsignedLong(text, 2, text.length(), 16);
        } catch (NumberFormatException e) {
            node.problem("not a number of 64 bits: " + Node.quoted(text));
            return absent;
        }
    }
}
