package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Command.Example;
import io.carafe.engine.command.Command.Exit;
import io.carafe.engine.command.Flag;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A man page in roff (man(7)), made of what help is made of.
final class ManPage {
    private static final List<Exit> SHARED =
            List.of(new Exit("0", "Success"), new Exit("125", "Carafe could not do what was asked for, and says why"));

    private final StringBuilder page = new StringBuilder();

    private ManPage() {}

    /// The page of one command: `carafe-run(1)`.
    static String of(Command command) {
        var page = new ManPage();
        String name = "carafe-" + command.name().replace(' ', '-');
        page.head(name, command.purpose());
        page.synopsis("carafe " + command.name(), command.operands());
        page.macro("SH", "DESCRIPTION");
        page.text(command.purpose() + ".");
        page.macro("SH", "OPTIONS");
        if (command.takesProgram()) {
            page.text("Options end at the first operand: what comes after it belongs to the program.");
        }
        for (Flag flag : command.flags()) {
            page.flag(flag);
        }
        page.flag(Arguments.HELP);
        page.macro("SH", "EXIT STATUS");
        page.exits(command.exits());
        page.examples(command.examples());
        page.also(command.name());
        return page.page.toString();
    }

    /// The page of the program: its commands.
    static String of(List<Command> commands) {
        var page = new ManPage();
        page.head("carafe", "Run programs in boxes of their own");
        page.synopsis("carafe", "[OPTIONS] COMMAND [ARG...]");
        page.macro("SH", "DESCRIPTION");
        page.text("Carafe puts a program in a box: it sees its own processes, files, host name, network and limits, and"
                + " believes that it is alone on the machine. A box is a plan before it is anything else: explain shows"
                + " every step of it.");
        page.macro("SH", "COMMANDS");
        for (Command command : commands) {
            page.page
                    .append(".TP\n.BR ")
                    .append(escaped("carafe-" + command.name()))
                    .append(" (1)\n");
            page.text(command.purpose());
        }
        page.macro("SH", "OPTIONS");
        page.text("They stand before the command.");
        for (Flag flag : GlobalOptions.FLAGS) {
            page.flag(flag);
        }
        page.macro("SH", "ENVIRONMENT");
        page.page.append(".TP\n.B CARAFE_DATA_ROOT\n");
        page.text("Where images are, unless --data-root says it.");
        page.page.append(".TP\n.B CARAFE_DAEMON\n");
        page.text("With off each command starts a JVM of its own: slower, and the same in everything else.");
        page.macro("SH", "EXIT STATUS");
        page.exits(List.of());
        page.examples(List.of(
                new Example("See that a program in a box sees nothing but itself", "sudo carafe run host ps aux"),
                new Example("See what would be done for it", "carafe explain host ps aux")));
        page.macro("SH", "SEE ALSO");
        page.page.append(".BR namespaces (7),\n.BR cgroups (7),\n.BR capabilities (7),\n.BR seccomp (2)\n");
        return page.page.toString();
    }

    private void head(String name, String purpose) {
        page.append(".TH ").append(escaped(name.toUpperCase(Locale.ROOT))).append(" 1 \"\" \"Carafe ");
        page.append(escaped(Version.version())).append("\" \"Carafe Manual\"\n");
        page.append(".nh\n.ad l\n"); // words of a command line are not to be broken
        macro("SH", "NAME");
        text(name + " - " + purpose.substring(0, 1).toLowerCase(Locale.ROOT) + purpose.substring(1));
    }

    private void synopsis(String command, String operands) {
        macro("SH", "SYNOPSIS");
        page.append(".B ").append(escaped(command)).append('\n');
        text(operands);
    }

    private void flag(Flag flag) {
        page.append(".TP\n");
        if (!flag.letter().isEmpty()) {
            page.append("\\fB\\-").append(flag.letter()).append("\\fR, ");
        }
        page.append("\\fB\\-\\-").append(escaped(flag.name())).append("\\fR");
        if (!flag.isSwitch()) {
            page.append(" \\fI").append(escaped(flag.value())).append("\\fR");
        }
        page.append('\n');
        String more = flag.many() ? ". It can be given more than once." : ".";
        text(flag.help() + more);
        if (flag.values().words().size() > 4) {
            var words = new ArrayList<String>();
            for (String word : flag.values().words()) {
                words.add(word.endsWith("=") ? word.substring(0, word.length() - 1) : word);
            }
            text("Known are " + String.join(", ", words) + ".");
        }
    }

    private void exits(List<Exit> own) {
        var exits = new ArrayList<>(SHARED);
        exits.addAll(1, own.stream().filter(it -> it.code().equals("1")).toList());
        exits.addAll(own.stream().filter(it -> !it.code().equals("1")).toList());
        for (Exit exit : exits) {
            page.append(".TP\n.B ").append(escaped(exit.code())).append('\n');
            text(exit.means() + ".");
        }
    }

    private void examples(List<Example> examples) {
        macro("SH", "EXAMPLES");
        String paragraph = ""; // a section begins with one
        for (Example example : examples) {
            page.append(paragraph);
            paragraph = ".PP\n";
            text(example.does() + ":");
            page.append(".PP\n.RS 4\n.nf\n");
            text(example.line());
            page.append(".fi\n.RE\n");
        }
    }

    private void also(String name) {
        macro("SH", "SEE ALSO");
        page.append(".BR carafe (1)");
        for (String other : Commands.NAMES) {
            if (!other.equals(name)) {
                page.append(",\n.BR ").append(escaped("carafe-" + other)).append(" (1)");
            }
        }
        page.append('\n');
    }

    private void macro(String macro, String text) {
        page.append('.').append(macro).append(' ').append(text).append('\n');
    }

    private void text(String text) {
        String line = escaped(text);
        // a dot or a quote at the beginning would be a request
        page.append(line.startsWith(".") || line.startsWith("'") ? "\\&" : "")
                .append(line)
                .append('\n');
    }

    /// A hyphen is typed as one, and quotes stay straight: a command line is there to be copied.
    private static String escaped(String text) {
        return text.replace("\\", "\\e")
                .replace("-", "\\-")
                .replace("'", "\\(aq")
                .replace("`", "\\(ga")
                .replace("~", "\\(ti")
                .replace("^", "\\(ha")
                .replace("\"", "\\(dq");
    }
}
