package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import java.util.List;

/// Completion for fish, a `complete` for each word.
final class FishCompletion {
    private FishCompletion() {}

    static String of(List<Command> commands) {
        var script = new StringBuilder("# Completion for fish, made by: carafe completion fish\n\n");
        script.append("complete -c carafe -e\n");
        script.append("complete -c carafe -f\n");
        for (Command command : commands) {
            script.append("complete -c carafe -n __fish_use_subcommand -a ")
                    .append(command.name())
                    .append(" -d ")
                    .append(quoted(command.purpose()))
                    .append('\n');
        }
        for (Flag flag : GlobalOptions.FLAGS) {
            script.append("complete -c carafe -n __fish_use_subcommand")
                    .append(flag(flag))
                    .append('\n');
        }
        for (Command command : commands) {
            String when = "complete -c carafe -n '__fish_seen_subcommand_from " + command.name() + "'";
            for (Flag flag : command.flags()) {
                script.append(when).append(flag(flag)).append('\n');
            }
            script.append(when).append(flag(Arguments.HELP)).append('\n');
            if (!command.choices().isEmpty()) {
                script.append(when)
                        .append(" -a ")
                        .append(quoted(String.join(" ", command.choices())))
                        .append('\n');
            }
            if (command.takesProgram()) {
                script.append(when).append(" -F -a '(__fish_complete_command)'\n");
            }
        }
        return script.toString();
    }

    private static String flag(Flag flag) {
        String words = (flag.letter().isEmpty() ? "" : " -s " + flag.letter()) + " -l " + flag.name();
        String value = flag.isSwitch()
                ? ""
                : switch (flag.values().kind()) {
                    case WORDS ->
                        " -x -a " + quoted(String.join(" ", flag.values().words()));
                    case FILE -> " -r -F";
                    case DIRECTORY -> " -x -a '(__fish_complete_directories)'";
                    case ANY -> " -x";
                };
        return words + value + " -d " + quoted(flag.help());
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
