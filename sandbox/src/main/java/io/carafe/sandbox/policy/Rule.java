package io.carafe.sandbox.policy;

import java.util.List;

/// What becomes of some system calls.
///
/// @param calls      their names, at least one. One that this machine's kernel hasn't got is passed over
/// @param conditions on their arguments, which must all hold; none for any arguments
/// @param treatment  what becomes of them
/// @param why        for people; may be empty
public record Rule(List<String> calls, List<Condition> conditions, Treatment treatment, String why) {
    public Rule {
        calls = List.copyOf(calls);
        conditions = List.copyOf(conditions);
    }
}
