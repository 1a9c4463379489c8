package io.carafe.engine.engine;

import io.carafe.engine.container.Container;
import io.carafe.engine.container.HealthCheck;
import io.carafe.engine.container.LogSettings;
import io.carafe.engine.container.Records;
import io.carafe.engine.container.RestartPolicy;
import io.carafe.sandbox.plan.Step;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// How a container's monitor is to watch over it, and who is attached from its start.
///
/// @param streams     that the caller takes part in: 1 for standard input, 2 for output, 4 for errors; 0 for
///     none
/// @param signals     that the caller gets are passed on
/// @param detachKeys  what typed in a terminal ends that, as bytes; "" for nothing
/// @param environment the caller's, of which the monitor's calls of `carafe` need a part
public record Watch(int streams, boolean signals, String detachKeys, Map<String, String> environment) {
    public static final int INPUT = 1;
    public static final int OUTPUT = 2;
    public static final int ERROR = 4;

    /// Has links for containers that go with their end, of whom somebody is asked all the same.
    static final String ASKING = "asking";

    private static final String AFTER = "carafe";
    private static final List<String> NEEDED = List.of(
            "HOME",
            "PATH",
            "XDG_RUNTIME_DIR",
            "XDG_DATA_HOME",
            "CARAFE_DATA_ROOT",
            "CARAFE_DAEMON",
            "CARAFE_SECRETS_KEY");

    public Watch {
        environment = Map.copyOf(environment);
    }

    /// Nobody is attached.
    public static Watch alone(Map<String, String> environment) {
        return new Watch(0, false, "", environment);
    }

    /// @param heard somebody has to be told of its end, whatever its policy is
    Step.Monitor monitor(Container container, Path place, Path runtime, boolean heard) {
        LogSettings log = container.log();
        HealthCheck health = container.health();
        return new Step.Monitor(
                runtime.resolve(Records.SOCKET).toString(),
                log.kept() ? place.resolve(Records.LOG).toString() : "",
                log.size(),
                log.files(),
                container.removed() ? "" : place.resolve(Records.ENDED).toString(),
                input(container),
                streams,
                signals && !container.terminal(),
                detachKeys,
                health == null ? 0 : Math.clamp(health.interval().toMillis(), 1, Integer.MAX_VALUE),
                health == null ? List.of() : call("health", container),
                ended(container, place, heard),
                variables());
    }

    /// Nobody attaches to it, nothing is kept of it: of a further process that nobody waits for.
    static Step.Monitor unheard() {
        return new Step.Monitor(
                "", "", 0, 1, "", Step.Monitor.Input.NONE, 0, false, "", 0, List.of(), List.of(), List.of());
    }

    /// Whether somebody is asked at its end what shall become of it.
    static boolean asks(Container container) {
        HealthCheck health = container.health();
        return container.restart().kind() != RestartPolicy.Kind.NO
                || (health != null && health.action() == HealthCheck.Action.RESTART);
    }

    /// What the monitor becomes at the end, if it is there: a link to Carafe's own program. That of one that
    /// goes with its end lies beside it.
    static Path after(Container container, Path place) {
        return container.removed() ? beside(place) : place.resolve(AFTER);
    }

    private static Path beside(Path place) {
        return place.resolveSibling(ASKING).resolve(place.getFileName());
    }

    private Step.Monitor.Input input(Container container) {
        if (!container.interactive()) {
            return Step.Monitor.Input.NONE;
        }
        return (streams & INPUT) != 0 ? Step.Monitor.Input.ONCE : Step.Monitor.Input.OPEN;
    }

    private static List<String> call(String what, Container container) {
        return List.of(Programs.carafe(), "system", what, container.id());
    }

    /// Its pod's id too: a container that goes with its end can't be asked.
    private static List<String> ended(Container container, Path place, boolean heard) {
        String program = heard && container.removed()
                ? Programs.carafe()
                : after(container, place).toString();
        var words = new ArrayList<>(List.of(program, "system", "ended", container.id()));
        if (!container.pod().isEmpty()) {
            words.add(container.pod());
        }
        return words;
    }

    private List<String> variables() {
        var variables = new ArrayList<String>();
        for (String name : NEEDED) {
            String value = environment.get(name);
            if (value != null) {
                variables.add(name + "=" + value);
            }
        }
        return variables;
    }
}
