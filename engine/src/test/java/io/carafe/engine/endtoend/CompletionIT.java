package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.carafe;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.engine.endtoend.Carafe.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `carafe completion`, in the shells themselves.
@EndToEnd
class CompletionIT {
    @TempDir
    Path directory;

    @BeforeEach
    void makeFiles() throws IOException {
        Files.createDirectory(directory.resolve("rootfs"));
        Files.writeString(directory.resolve("rules.json"), "{}");
    }

    /// What a line with the cursor at its end is completed to. `|` is where bash itself parts a word.
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "carafe expl;                            explain",
                "carafe --da;                            --data-root",
                "carafe --data-root r;                   rootfs",
                "carafe --data-root rootfs versi;        version",
                "carafe --data-root|=|rootfs versi;      version",
                "carafe image pru;                       prune",
                "carafe run --net;                       --network --network-alias",
                "carafe run --network '';                none host bridge pasta name=",
                "carafe run --network|=|ho;              host",
                "carafe run --network|=;                 none host bridge pasta name=",
                "carafe run --cap-add CAP_NET_;          CAP_NET_BIND_SERVICE CAP_NET_BROADCAST CAP_NET_ADMIN CAP_NET_RAW",
                "carafe run --cap-drop A;                ALL",
                "carafe run --ulimit no;                 nofile=",
                "carafe run --security-opt seccomp|=|un; unconfined",
                "carafe run --security-opt|=|seccomp|=|bu; builtin",
                "carafe run --rootfs r;                  rootfs",
                "carafe run --env-file ru;               rules.json",
                "carafe run -v r;                        rootfs rules.json",
                "carafe run -m '';                       ''",
                "carafe run -m 64m '';                   host",
                "carafe run -m64m -it '';                host",
                "carafe run -itm 64m '';                 host",
                "carafe run -itm '';                     ''",
                "carafe run --memory|=|64m ho;           host",
                "carafe run host mkfif;                  mkfifo",
                "carafe run host cat ru;                 rules.json",
                "carafe run --rootfs rootfs mkfif;       mkfifo",
                "carafe run --rootfs|=|rootfs cat ru;    rules.json",
                "carafe run -- ho;                       host",
                "carafe run host --net;                  ''",
                "carafe explain --for;                   --format",
                "carafe explain --format '';             text json",
                "carafe explain --from ru;               rules.json",
                "carafe version --format j;              json",
                "carafe version '';                      ''",
                "carafe completion '';                   bash zsh fish",
                "carafe man ver;                         version",
                "carafe no-such-command '';              ''",
            })
    void bashCompletes(String line, String words) {
        assertThat(bash(line)).isEqualTo(words.isEmpty() ? List.of() : List.of(words.split(" ")));
    }

    /// As bash calls a completion: the words that it sees, and the line.
    private List<String> bash(String line) {
        var words = new ArrayList<String>();
        for (String word : line.replace("''", "").split(" ", -1)) {
            words.addAll(List.of(word.split("\\|", -1)));
        }
        Run run = in("""
                source <("$carafe" completion bash) || exit
                COMP_LINE=$1; shift
                COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_POINT=${#COMP_LINE}
                complete -p carafe >&2 && _carafe carafe "${COMP_WORDS[-1]}" && printf '%s\\n' "${COMPREPLY[@]}"
                """, "bash", line.replace("''", "").replace("|", ""), words);
        assertThat(run.err()).isEqualTo("complete -F _carafe carafe\n");
        return run.out().lines().filter(it -> !it.isEmpty()).toList();
    }

    private Run in(String script, String shell, String line, List<String> words) {
        var command = new ArrayList<>(List.of(shell, "-c", script, shell, line));
        command.addAll(words);
        return Carafe.started(Map.of(), directory, command).finish();
    }

    @Test
    void aTabInABashCompletes() {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/tmux")), "no tmux here");
        String script = """
                tmux() { /usr/bin/tmux -L carafe-completion-$$ -f /dev/null "$@"; }
                tmux new-session -d -x 120 -y 20 'exec bash --norc --noprofile'
                trap 'tmux kill-server' EXIT
                says() { # TEXT: waits until it is on the screen
                    for ((i = 0; i < 200; i++)); do
                        if tmux capture-pane -p | grep -qF -- "$1"; then echo "$1"; return; fi
                        sleep 0.05
                    done
                    tmux capture-pane -p
                    exit 1
                }
                tmux send-keys "PS1='ready> '; source <($carafe completion bash)" Enter
                says 'ready>'
                tmux send-keys 'carafe expl' Tab '--network=ho' Tab '--ulimit nof' Tab
                says 'ready> carafe explain --network=host --ulimit nofile='
                """;
        Run run = Carafe.shell(script);
        assertThat(run.code()).as(run.out() + run.err()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "carafe ex;                 explain",
                "carafe run --net;          --network",
                "carafe run --network h;    host",
                "carafe run --ulimit nof;   nofile=",
                "carafe completion z;       zsh",
                "carafe explain --from ru;  rules.json",
            })
    void fishCompletes(String line, String word) {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/fish")), "no fish here");
        Run run = in("$carafe completion fish | source; complete -C $argv[2]", "fish", line, List.of());
        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines().map(it -> it.split("\t")[0])).contains(word);
    }

    /// zsh completes on a terminal only: it gets one, and a Tab.
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "carafe expl;              carafe explain",
                "carafe run --netw;        carafe run --network",
                "carafe run --network h;   carafe run --network host",
                "carafe run -m 64m ho;     carafe run -m 64m host",
                "carafe completion z;      carafe completion zsh",
                "carafe explain --from ru; carafe explain --from rules.json",
            })
    void zshCompletes(String line, String completed) {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/zsh")), "no zsh here");
        Run run = in("""
                zmodload zsh/zpty
                zpty shell zsh -f -i
                zpty -w shell "PS1='ready> '; autoload -U compinit; compinit -u -D; source <($carafe completion zsh)"
                zpty -w shell 'unsetopt zle_bracketed_paste; bindkey "^X" show; zle -N show; show() { print -r "<$BUFFER>" }'
                zpty -w shell 'print lis''tening'
                zpty -r shell text '*listening*'
                zpty -w -n shell "$1"$'\\t\\x18'
                zpty -r shell text '*<*>*'
                print -r -- "${${text##*<}%%>*}"
                zpty -d shell
                """, "zsh", line, List.of());
        assertThat(run.err()).isEmpty();
        assertThat(run.line()).isEqualTo(completed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh", "fish"})
    void theScriptIsAScript(String shell) throws IOException {
        assumeTrue(Carafe.shell("command -v " + shell).code() == 0, "no " + shell + " here");
        Path script = directory.resolve("script");
        Files.writeString(script, carafe("completion", shell).out());
        Run run = Carafe.host(shell, "-n", script.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
    }
}
