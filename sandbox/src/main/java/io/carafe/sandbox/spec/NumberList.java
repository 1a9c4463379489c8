package io.carafe.sandbox.spec;

import io.carafe.sandbox.json.Node;
import java.util.BitSet;
import java.util.Optional;

/// Processors or memory nodes as the kernel writes them: `0-3,7` (cpuset(7), "List format").
public final class NumberList {
    private static final int DIGITS_MAX = 6;

    private NumberList() {}

    /// The numbers, none for a text that is empty; empty if the text is no list of numbers up to `most`.
    public static Optional<BitSet> parse(String text, int most) {
        var numbers = new BitSet();
        if (text.isBlank()) {
            return Optional.of(numbers);
        }
        for (String part : text.split(",", -1)) {
            int dash = part.indexOf('-');
            int first = number(dash < 0 ? part : part.substring(0, dash));
            int last = dash < 0 ? first : number(part.substring(dash + 1));
            if (first < 0 || last < first || last > most) {
                return Optional.empty();
            }
            numbers.set(first, last + 1);
        }
        return Optional.of(numbers);
    }

    /// The text of a property that holds such a list, "" if it isn't there.
    static String read(Node node, int most) {
        String text = node.text();
        if (parse(text, most).isEmpty()) {
            node.problem("not a list of numbers up to " + most + ", as 0-3,7: " + Node.quoted(text));
        }
        return text.strip();
    }

    private static int number(String text) {
        String digits = text.strip();
        boolean wrong = digits.isEmpty() || digits.length() > DIGITS_MAX;
        for (int i = 0; i < digits.length(); i++) {
            wrong |= digits.charAt(i) < '0' || digits.charAt(i) > '9';
        }
        return wrong ? -1 : Integer.parseInt(digits);
    }
}
