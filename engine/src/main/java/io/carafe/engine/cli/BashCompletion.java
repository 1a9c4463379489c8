package io.carafe.engine.cli;

import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import java.util.ArrayList;
import java.util.List;

/// Completion for bash: tables made of the commands, and the code that reads them. It needs nothing but bash
/// itself.
final class BashCompletion {
    /// Told in the table by a letter: w words, f files, d directories, x whatever.
    private static final String CODE = """

            # _carafe_offer WORD...: those that begin with $cur
            _carafe_offer() {
                local prefix
                mapfile -t COMPREPLY < <(compgen -W "$*" -- "$cur")
                if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[=,] ]]; then
                    compopt -o nospace 2>/dev/null
                fi
                # bash takes what stands behind the last = or : for the word
                if [[ $cur == *[=:]* ]]; then
                    prefix=${cur%"${cur##*[=:]}"}
                    COMPREPLY=("${COMPREPLY[@]#"$prefix"}")
                fi
            }

            # _carafe_files f|d
            _carafe_files() {
                compopt -o filenames 2>/dev/null
                mapfile -t COMPREPLY < <(compgen "-$1" -- "$cur")
            }

            _carafe() {
                local line=${COMP_LINE:0:COMP_POINT} before piece i j letter
                local words=() command= operands=0 ended= flag= image=1 cur values
                COMPREPLY=()
                # bash parts words at = and : too: put them together again
                for ((i = 0; i <= COMP_CWORD; i++)); do
                    before=$line
                    line=${line#"${line%%[![:space:]]*}"}
                    piece=${COMP_WORDS[i]}
                    ((i < COMP_CWORD)) || piece=$line
                    if ((i == 0)) || [[ $before != "$line" ]]; then
                        words+=("$piece")
                    else
                        words[-1]+=$piece
                    fi
                    line=${line#"$piece"}
                done
                cur=${words[-1]}
                for ((i = 1; i < ${#words[@]} - 1; i++)); do
                    piece=${words[i]}
                    flag=
                    if [[ -z $command && $piece == --data-root ]]; then
                        flag=$piece
                    elif [[ -z $command && $piece == --data-root=* ]]; then
                        continue
                    elif [[ -z $command ]]; then
                        command=$piece
                    elif [[ -n $ended || $operands -gt 0 ]]; then
                        operands=$((operands + 1))
                    elif [[ $piece == -- ]]; then
                        ended=1
                    elif [[ $piece == --*=* ]]; then
                        [[ $piece != --rootfs=* ]] || image=0
                    elif [[ $piece == --* ]]; then
                        [[ $piece != --rootfs ]] || image=0
                        [[ -z $(_carafe_value "$command" "$piece") ]] || flag=$piece
                    elif [[ $piece == -?* ]]; then
                        for ((j = 1; j < ${#piece}; j++)); do
                            letter=-${piece:j:1}
                            if [[ -n $(_carafe_value "$command" "$letter") ]]; then
                                ((j + 1 < ${#piece})) || flag=$letter
                                break
                            fi
                        done
                    else
                        operands=1
                    fi
                    [[ -z $flag ]] || ((++i)) # its value is no operand
                done
                ((i > ${#words[@]} - 1)) || flag=
                if [[ -z $command && $flag == --data-root ]]; then
                    _carafe_files d
                    return
                elif [[ -z $command && $cur == -* ]]; then
                    _carafe_offer --data-root
                    return
                elif [[ -z $command ]]; then
                    _carafe_offer "$_carafe_commands"
                    return
                fi
                if [[ -z $flag && $operands == 0 && -z $ended && $cur == --*=* ]]; then
                    flag=${cur%%=*}
                    cur=${cur#*=}
                fi
                if [[ -n $flag ]]; then
                    values=$(_carafe_value "$command" "$flag")
                    case $values in
                    w*) _carafe_offer "${values#w }" ;;
                    f | d) _carafe_files "$values" ;;
                    esac
                elif [[ $operands == 0 && -z $ended && $cur == -* ]]; then
                    _carafe_offer "$(_carafe_flags "$command")"
                elif ((operands < image)); then
                    _carafe_offer "$(_carafe_choices "$command")"
                elif [[ $command == @PROGRAMS@ ]]; then
                    if ((operands == image)) && [[ $cur != */* ]]; then
                        mapfile -t COMPREPLY < <(compgen -c -- "$cur" | sort -u)
                    else
                        _carafe_files f
                    fi
                fi
            }

            complete -F _carafe carafe
            """;

    private BashCompletion() {}

    static String of(List<Command> commands) {
        var names = new ArrayList<String>();
        var flags = new StringBuilder("_carafe_flags() {\n    case $1 in\n");
        var values = new StringBuilder("_carafe_value() {\n    case \"$1 $2\" in\n");
        var choices = new StringBuilder("_carafe_choices() {\n    case $1 in\n");
        var programs = new ArrayList<String>();
        for (Command command : commands) {
            String name = command.name();
            names.add(name);
            if (command.takesProgram()) {
                programs.add(name);
            }
            if (!command.choices().isEmpty()) {
                choices.append(entry(name, String.join(" ", command.choices())));
            }
            var words = new ArrayList<String>();
            for (Flag flag : command.flags()) {
                words.add("--" + flag.name());
                if (!flag.isSwitch()) {
                    String letter = flag.letter().isEmpty() ? "" : "\"" + name + " -" + flag.letter() + "\" | ";
                    values.append(entry(letter + "\"" + name + " --" + flag.name() + "\"", value(flag)));
                }
            }
            words.add("--help");
            flags.append(entry(name, String.join(" ", words)));
        }
        String end = "    esac\n}\n";
        return "# Completion for bash, made by: carafe completion bash\n\n_carafe_commands='"
                + String.join(" ", names) + "'\n\n" + flags + end + "\n" + values + end + "\n" + choices + end
                + CODE.replace("@PROGRAMS@", "@(" + String.join("|", programs) + ")");
    }

    private static String entry(String pattern, String words) {
        return "    " + pattern + ") echo '" + words + "' ;;\n";
    }

    private static String value(Flag flag) {
        return switch (flag.values().kind()) {
            case WORDS -> "w " + String.join(" ", flag.values().words());
            case FILE -> "f";
            case DIRECTORY -> "d";
            case ANY -> "x";
        };
    }
}
