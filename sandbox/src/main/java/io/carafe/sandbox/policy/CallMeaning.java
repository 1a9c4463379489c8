package io.carafe.sandbox.policy;

import io.carafe.sandbox.policy.Condition.Test;
import java.util.ArrayList;
import java.util.List;

/// What a policy says about one call, in words: `forbid if argument 1 is 0x5412, else allow`.
final class CallMeaning {
    private CallMeaning() {}

    static String of(Policy policy, String call) {
        var parts = new ArrayList<String>();
        for (Rule rule : policy.rules()) {
            if (rule.calls().contains(call)) {
                String word = rule.treatment().word();
                if (rule.conditions().isEmpty()) {
                    parts.add(word);
                    return String.join(", else ", parts);
                }
                parts.add(word + " if " + conditions(rule.conditions()));
            }
        }
        parts.add(policy.unnamed().word());
        return String.join(", else ", parts);
    }

    private static String conditions(List<Condition> conditions) {
        return String.join(
                " and ", conditions.stream().map(CallMeaning::condition).toList());
    }

    private static String condition(Condition condition) {
        String argument = "argument " + condition.argument();
        String value = PolicyJson.number(condition.value());
        if (condition.test() != Test.IS) {
            return argument + (condition.test() == Test.AT_LEAST ? " >= " : " <= ") + value;
        }
        boolean all = condition.mask() == Condition.LOW_32_BITS || condition.mask() == -1;
        return argument + (all ? "" : " & " + PolicyJson.number(condition.mask())) + " = " + value;
    }
}
