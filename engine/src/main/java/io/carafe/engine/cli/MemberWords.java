package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.Terms;
import io.carafe.engine.pod.Pod;
import io.carafe.sandbox.spec.Namespace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `--pod`: what the pod has can't be asked for of a container in it.
final class MemberWords {
    private static final String NEW = "new:";

    private MemberWords() {}

    /// @throws UsageError with everything that the container can't have for itself
    static void check(Arguments arguments, Invocation caller, Engine engine) {
        String word = arguments.last(TermFlags.POD);
        if (word == null) {
            return;
        }
        List<Namespace> shared = word.startsWith(NEW)
                ? List.copyOf(NewPod.shared(List.of()))
                : engine.pods(caller.environment(), caller.uid()).find(word).shared();
        var problems = new ArrayList<String>();
        if (shared.contains(Namespace.NETWORK) && !word.startsWith(NEW)) {
            PodFlags.NETWORK.forEach(flag -> refuse(flag, arguments, word, problems));
        }
        if (shared.contains(Namespace.UTS)) {
            PodFlags.HOST_NAME.forEach(flag -> refuse(word.startsWith(NEW) ? null : flag, arguments, word, problems));
            refuse(BoxFlags.UTS, arguments, word, problems);
        }
        if (shared.contains(Namespace.IPC)) {
            refuse(BoxFlags.IPC, arguments, word, problems);
            refuse(BoxFlags.SHM_SIZE, arguments, word, problems);
        }
        if (shared.contains(Namespace.PID)) {
            refuse(BoxFlags.PID, arguments, word, problems);
        }
        if (!problems.isEmpty()) {
            throw new UsageError(problems);
        }
    }

    private static void refuse(@Nullable Flag flag, Arguments arguments, String pod, List<String> problems) {
        if (flag == null || arguments.last(flag) == null) {
            return;
        }
        boolean its = PodFlags.NETWORK.contains(flag) || PodFlags.HOST_NAME.contains(flag);
        problems.add("conflicting options: --" + flag.name() + " and --pod " + pod + ": it is the pod's"
                + (its
                        ? ", as in: carafe pod create --" + flag.name() + " … " + pod
                        : "; carafe pod create --share says what a pod's containers have together"));
    }

    /// The same in its pod, which is made now if that is asked for.
    static Terms in(Terms terms, Arguments arguments, Invocation caller, Engine engine) {
        String word = arguments.last(TermFlags.POD);
        if (word == null) {
            return terms;
        }
        Pod pod = word.startsWith(NEW)
                ? new NewPod(engine, arguments, caller)
                        .of(
                                word.substring(NEW.length()),
                                NewPod.shared(List.of()),
                                Pod.ExitPolicy.CONTINUE,
                                Map.of(),
                                null)
                : engine.pods(caller.environment(), caller.uid()).find(word);
        return terms.in(pod.id());
    }
}
