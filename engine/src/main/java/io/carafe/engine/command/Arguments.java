package io.carafe.engine.command;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A command's arguments, told apart by the rules of Docker's command line (spf13/pflag): options end at the
/// first operand or at `--`, letters can be clustered, a switch takes a value after `=` only. Everything else
/// is words.
///
/// Our own, because a cold JVM waits for it: picocli costs it 60 ms (its old class files don't go into the
/// AOT cache), and still 10 when they are made to.
public final class Arguments {
    public static final Flag HELP = Flag.toggle("", "help", "Print usage");

    private final Map<String, Flag> known = new HashMap<>(); // by `-l` and `--name`
    private final Map<String, String> refused;
    private final Map<String, List<String>> values = new HashMap<>();
    private final List<String> problems = new ArrayList<>();
    private List<String> operands = List.of();

    private Arguments(List<Flag> flags, Map<String, String> refused) {
        this.refused = refused;
        flags.forEach(this::know);
        know(HELP);
    }

    private void know(Flag flag) {
        known.put("--" + flag.name(), flag);
        if (!flag.letter().isEmpty()) {
            known.put("-" + flag.letter(), flag);
        }
    }

    /// Tells words apart.
    ///
    /// @param refused options that shall fail, with their dashes, and what is said of each behind its name
    /// @throws UsageError with every option that isn't known
    public static Arguments parse(List<Flag> flags, Map<String, String> refused, List<String> words) {
        var arguments = new Arguments(flags, refused);
        arguments.operands = words.subList(arguments.options(words), words.size());
        if (!arguments.problems.isEmpty()) {
            throw new UsageError(arguments.problems);
        }
        return arguments;
    }

    /// Likewise for commands that run nothing: their options may stand behind operands too, up to `--`.
    ///
    /// @throws UsageError with every option that isn't known
    public static Arguments anywhere(List<Flag> flags, Map<String, String> refused, List<String> words) {
        var arguments = new Arguments(flags, refused);
        var operands = new ArrayList<String>();
        int next = 0;
        while (next < words.size()) {
            int end = next + arguments.options(words.subList(next, words.size()));
            boolean last = end > next && words.subList(next, end).contains("--");
            next = last ? words.size() : end;
            operands.addAll(last ? words.subList(end, words.size()) : List.of());
            if (next < words.size()) {
                operands.add(words.get(next++));
            }
        }
        arguments.operands = operands;
        if (!arguments.problems.isEmpty()) {
            throw new UsageError(arguments.problems);
        }
        return arguments;
    }

    /// The same command line with more options behind its own: of those that count once, these count.
    ///
    /// @throws UsageError if that isn't options only
    public Arguments with(List<String> words) {
        var both = new Arguments(List.of(), refused);
        both.known.putAll(known);
        values.forEach((name, given) -> both.values.put(name, new ArrayList<>(given)));
        both.operands = operands;
        int end = both.options(words);
        if (end < words.size()) {
            both.problems.add("it takes options only, and " + words.get(end) + " is none");
        }
        if (!both.problems.isEmpty()) {
            throw new UsageError(both.problems);
        }
        return both;
    }

    /// @return where the operands begin
    private int options(List<String> words) {
        int next = 0;
        while (next < words.size()
                && words.get(next).startsWith("-")
                && words.get(next).length() > 1) {
            String word = words.get(next++);
            if (word.equals("--")) {
                break;
            }
            String following = next < words.size() ? words.get(next) : null;
            next += word.startsWith("--") ? name(word, following) : letters(word, following);
        }
        return Math.min(next, words.size());
    }

    /// `--name`, `--name=value`
    ///
    /// @return how many more words it takes
    private int name(String word, @Nullable String following) {
        int equals = word.indexOf('=');
        String name = equals < 0 ? word : word.substring(0, equals);
        Flag flag = known.get(name);
        if (flag == null) {
            problems.add(refused.containsKey(name) ? name + " " + refused.get(name) : "unknown flag: " + name);
            return 0;
        }
        return set(flag, equals < 0 ? null : word.substring(equals + 1), following, name);
    }

    /// `-it`, `-itvalue`, `-it=value`: only the last letter can take one.
    private int letters(String word, @Nullable String following) {
        for (int i = 1; i < word.length(); i++) {
            String letter = "-" + word.charAt(i);
            String where = "'" + word.charAt(i) + "' in " + word;
            String rest = word.substring(i + 1);
            Flag flag = known.get(letter);
            if (flag == null) {
                problems.add(
                        refused.containsKey(letter)
                                ? letter + " " + refused.get(letter)
                                : "unknown shorthand flag: " + where);
                return 0;
            }
            if (rest.startsWith("=")) {
                return set(flag, rest.substring(1), following, where);
            }
            if (!flag.isSwitch()) {
                return set(flag, rest.isEmpty() ? null : rest, following, where);
            }
            set(flag, null, following, where);
        }
        return 0;
    }

    private int set(Flag flag, @Nullable String value, @Nullable String following, String where) {
        String given = value != null ? value : flag.isSwitch() ? "true" : following;
        if (given == null) {
            problems.add("flag needs an argument: " + where);
            return 0;
        }
        values.computeIfAbsent(flag.name(), _ -> new ArrayList<>()).add(given);
        return value == null && !flag.isSwitch() ? 1 : 0;
    }

    public List<String> operands() {
        return operands;
    }

    /// All values that were given, in their order.
    public List<String> all(Flag flag) {
        return values.getOrDefault(flag.name(), List.of());
    }

    /// The last value that was given.
    @Nullable
    public String last(Flag flag) {
        List<String> given = all(flag);
        return given.isEmpty() ? null : given.getLast();
    }

    /// What a switch was set to, or null if it wasn't given.
    ///
    /// @throws IllegalArgumentException if it was set to something else than true or false
    @Nullable
    public Boolean on(Flag flag) {
        String value = last(flag);
        return value == null ? null : truth(value);
    }

    /// What a word for yes or no means, as Go's `ParseBool` has them.
    ///
    /// @throws IllegalArgumentException if it is neither
    public static boolean truth(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "true", "t", "1" -> true;
            case "false", "f", "0" -> false;
            default -> throw new IllegalArgumentException("'" + word + "' is neither true nor false");
        };
    }
}
