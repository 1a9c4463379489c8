package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import java.util.List;

/// Completion for zsh, in the words of its `_arguments`.
final class ZshCompletion {
    private ZshCompletion() {}

    static String of(List<Command> commands) {
        var script = new StringBuilder("#compdef carafe\n# Completion for zsh, made by: carafe completion zsh\n\n");
        script.append("_carafe() {\n    local context state state_descr line\n    typeset -A opt_args\n");
        script.append("    _arguments -C");
        GlobalOptions.FLAGS.forEach(flag -> flag(flag, script));
        script.append(" \\\n                '1:command:->command' '*::argument:->argument'\n    case $state in\n");
        script.append("    command)\n        local -a commands=(\n");
        for (Command command : commands) {
            script.append("            ")
                    .append(quoted(command.name() + ":" + escaped(command.purpose())))
                    .append('\n');
        }
        script.append("        )\n        _describe command commands\n        ;;\n");
        script.append("    argument)\n        case $words[1] in\n");
        for (Command command : commands) {
            command(command, script);
        }
        script.append("        esac\n        ;;\n    esac\n}\n\n");
        // from a file in $fpath it is the function's first call; sourced, it only says who it is
        return script.append("if [[ $funcstack[1] == _carafe ]]; then\n    _carafe \"$@\"\nelse\n")
                .append("    compdef _carafe carafe\nfi\n")
                .toString();
    }

    private static void command(Command command, StringBuilder script) {
        script.append("        ").append(command.name()).append(")\n            _arguments -s -S -A '-*'");
        for (Flag flag : command.flags()) {
            flag(flag, script);
        }
        flag(Arguments.HELP, script);
        if (!command.choices().isEmpty()) {
            line(script, "1:" + (command.takesProgram() ? "image" : "word") + words(command.choices()));
        }
        if (command.takesProgram()) {
            line(script, "*:::command:_normal");
        }
        script.append("\n            ;;\n");
    }

    private static void flag(Flag flag, StringBuilder script) {
        String both = flag.letter().isEmpty() ? "" : "(-" + flag.letter() + " --" + flag.name() + ")";
        String many = flag.many() ? "*" : both;
        String help = "[" + escaped(flag.help()) + "]";
        String value = flag.isSwitch() ? "" : ":" + flag.value() + values(flag);
        line(script, many + "--" + flag.name() + (flag.isSwitch() ? "" : "=") + help + value);
        if (!flag.letter().isEmpty()) {
            line(script, many + "-" + flag.letter() + (flag.isSwitch() ? "" : "+") + help + value);
        }
    }

    private static String values(Flag flag) {
        return switch (flag.values().kind()) {
            case WORDS -> words(flag.values().words());
            case FILE -> ":_files";
            case DIRECTORY -> ":_files -/";
            case ANY -> ":";
        };
    }

    private static String words(List<String> words) {
        return ":(" + String.join(" ", words) + ")";
    }

    private static void line(StringBuilder script, String specification) {
        script.append(" \\\n                ").append(quoted(specification));
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\")
                .replace(":", "\\:")
                .replace("[", "\\[")
                .replace("]", "\\]");
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
