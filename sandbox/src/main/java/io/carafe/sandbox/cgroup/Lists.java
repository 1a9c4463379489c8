package io.carafe.sandbox.cgroup;

import java.util.ArrayList;
import java.util.List;

/// Lists of processors and memory nodes, as `0-3,8`. cpuset(7)
final class Lists {
    private static final int MOST = 1 << 16;

    private Lists() {}

    /// None for what is no such list.
    static List<Integer> numbers(String list) {
        var numbers = new ArrayList<Integer>();
        for (String range : list.strip().split(",", -1)) {
            if (!range.matches("[0-9]{1,5}(-[0-9]{1,5})?")) {
                return List.of();
            }
            int dash = range.indexOf('-');
            int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
            int last = dash < 0 ? first : Integer.parseInt(range.substring(dash + 1));
            for (int number = first; number <= last && number < MOST; number++) {
                numbers.add(number);
            }
        }
        return numbers;
    }
}
