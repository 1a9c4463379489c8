package io.carafe.engine.command;

import io.carafe.engine.command.Command.Example;
import java.util.List;

/// Help, in the layout of Docker's.
public final class Usage {
    private static final int COLUMNS = 80;

    private Usage() {}

    /// The page of one command.
    public static String of(Command command, String program) {
        var page = new StringBuilder();
        page.append(line(command, program))
                .append("\n\n")
                .append(command.purpose())
                .append("\n\n")
                .append(options(command.flags()))
                .append("\nExamples:\n");
        for (Example example : command.examples()) {
            page.append("  # ")
                    .append(example.does())
                    .append("\n  ")
                    .append(example.line())
                    .append("\n\n");
        }
        page.setLength(page.length() - 1);
        return page.toString();
    }

    /// The options with what they mean, and `--help` among them.
    public static String options(List<Flag> flags) {
        var page = new StringBuilder("Options:\n");
        int width = option(Arguments.HELP).length();
        for (Flag flag : flags) {
            width = Math.max(width, option(flag).length());
        }
        for (Flag flag : flags) {
            option(page, flag, width);
        }
        option(page, Arguments.HELP, width);
        return page.toString();
    }

    /// `Usage:  carafe run [OPTIONS] IMAGE [COMMAND] [ARG...]`
    public static String line(Command command, String program) {
        return "Usage:  " + program + " " + command.name() + " " + command.operands();
    }

    /// The page of the program: its commands.
    ///
    /// @param global options that stand before the command
    public static String of(List<Command> commands, List<Flag> global, String program) {
        var page = new StringBuilder();
        page.append("Usage:  ").append(program).append(" [OPTIONS] COMMAND\n\n");
        page.append("Run programs in boxes of their own\n\nCommands:\n");
        for (Command command : commands) {
            page.append("  ")
                    .append(padded(command.name(), 10))
                    .append("  ")
                    .append(command.purpose())
                    .append('\n');
        }
        page.append('\n').append(options(global));
        page.append("\nExamples:\n");
        page.append("  # See that a program in a box sees nothing but itself\n  sudo carafe run host ps aux\n\n");
        page.append("  # See what would be done for it\n  carafe explain host ps aux\n\n");
        page.append("Run '").append(program).append(" COMMAND --help' for more information on a command.\n");
        return page.toString();
    }

    private static void option(StringBuilder page, Flag flag, int width) {
        String left = option(flag);
        var line = new StringBuilder();
        for (String word : flag.help().split(" ")) {
            if (width + 3 + line.length() + 1 + word.length() > COLUMNS) {
                page.append(padded(left, width)).append("  ").append(line).append('\n');
                line.setLength(0);
                left = "";
            }
            line.append(' ').append(word);
        }
        page.append(padded(left, width)).append("  ").append(line).append('\n');
    }

    private static String option(Flag flag) {
        String letter = flag.letter().isEmpty() ? "      " : "  -" + flag.letter() + ", ";
        return letter + "--" + flag.name() + (flag.isSwitch() ? "" : " " + flag.value());
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
