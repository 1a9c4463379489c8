package io.carafe.engine.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// A command's arguments, told apart by picocli, by the rules of Docker's command line: options end at the first
/// operand, a switch takes a value after `=` only, everything else is words.
final class Arguments {
    static final Flag HELP = Flag.toggle("", "help", "Print usage");

    private final Map<String, List<String>> values = new HashMap<>();
    private final List<String> operands = new ArrayList<>();

    private Arguments() {}

    /// @param later names of options that don't exist yet, and shall fail with a word about it
    /// @throws UsageError with every option that isn't known
    static Arguments parse(List<Flag> flags, Set<String> later, List<String> words) {
        var arguments = new Arguments();
        CommandSpec spec = CommandSpec.create();
        for (Flag flag : flags) {
            arguments.add(spec, flag);
        }
        arguments.add(spec, HELP);
        spec.addPositional(PositionalParamSpec.builder()
                .arity("0..*")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .build());
        CommandLine parser = new CommandLine(spec)
                .setStopAtPositional(true)
                .setExpandAtFiles(false) // @x is a word
                .setInterpolateVariables(false) // so is ${x}
                .setOverwrittenOptionsAllowed(true)
                .setAllowOptionsAsOptionParameters(true);
        try {
            ParseResult result = parser.parseArgs(words.toArray(new String[0]));
            arguments.take(result);
            return arguments;
        } catch (UnmatchedArgumentException e) {
            throw unknown(e.getUnmatched(), later);
        } catch (MissingParameterException e) {
            throw new UsageError("flag needs an argument: " + lacking(e, words.getLast()));
        } catch (ParameterException e) {
            throw new UsageError(String.valueOf(e.getMessage()));
        }
    }

    private void add(CommandSpec spec, Flag flag) {
        String[] names = flag.letter().isEmpty()
                ? new String[] {"--" + flag.name()}
                : new String[] {"-" + flag.letter(), "--" + flag.name()};
        OptionSpec.Builder option = OptionSpec.builder(names).description(flag.help());
        if (flag.isSwitch()) {
            // picocli would take a following "true" for its value, as in `run --init true`: only one after '=' is
            option.type(Boolean.class).arity("0..1").preprocessor((arguments, _, _, found) -> {
                String separator = String.valueOf(found.get("separator"));
                values.put(flag.name(), List.of(separator.equals("=") ? arguments.pop() : "true"));
                return !separator.isEmpty(); // in a cluster, as -it, picocli goes on
            });
        } else {
            option.type(List.class).auxiliaryTypes(String.class).arity("1");
        }
        spec.addOption(option.build());
    }

    private void take(ParseResult result) {
        for (OptionSpec option : result.matchedOptionsSet()) {
            if (option.type() == List.class) {
                List<String> given = option.getValue();
                values.put(option.longestName().substring(2), List.copyOf(given));
            }
        }
        operands.addAll(result.matchedPositionalValue(0, List.of()));
    }

    private static UsageError unknown(List<String> words, Set<String> later) {
        var problems = new ArrayList<String>();
        for (String word : words) {
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            boolean cluster = name.length() > 2 && name.charAt(1) != '-';
            String option = cluster ? name.substring(0, 2) : name;
            if (later.contains(option)) {
                problems.add(option + " is not there yet");
            } else if (word.startsWith("--")) {
                problems.add("unknown flag: " + name);
            } else {
                problems.add("unknown shorthand flag: '" + word.charAt(1) + "' in " + word);
            }
        }
        return new UsageError(problems);
    }

    /// The option that lacks a value, as Docker names it: the last word, unless `--` stands where the value should.
    private static String lacking(MissingParameterException e, String last) {
        if (!last.startsWith("-")) {
            return e.getMissing().getFirst() instanceof OptionSpec option ? option.longestName() : last;
        }
        return last.startsWith("--") ? last : "'" + last.charAt(last.length() - 1) + "' in " + last;
    }

    List<String> operands() {
        return operands;
    }

    /// All values that were given, in their order.
    List<String> all(Flag flag) {
        return values.getOrDefault(flag.name(), List.of());
    }

    /// The last value that was given.
    @Nullable
    String last(Flag flag) {
        List<String> given = all(flag);
        return given.isEmpty() ? null : given.getLast();
    }

    /// What a switch was set to, or null if it wasn't given.
    ///
    /// @throws IllegalArgumentException if it was set to something else than true or false
    @Nullable
    Boolean on(Flag flag) {
        String value = last(flag);
        return value == null ? null : truth(value);
    }

    /// @throws IllegalArgumentException if it is neither
    static boolean truth(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "true", "t", "1" -> true;
            case "false", "f", "0" -> false;
            default -> throw new IllegalArgumentException("'" + word + "' is neither true nor false");
        };
    }
}
