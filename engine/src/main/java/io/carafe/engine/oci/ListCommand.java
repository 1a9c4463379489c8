package io.carafe.engine.oci;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.OciRuntime;
import io.carafe.engine.runtime.ContainerFile;
import io.carafe.engine.runtime.State;
import java.util.ArrayList;
import java.util.List;

/// `carafe-runtime list`
final class ListCommand implements Command {
    private static final Flag FORMAT =
            Flag.one("f", "format", "FORMAT", "table or json").of("table", "json");
    private static final Flag QUIET = Flag.toggle("q", "quiet", "Print the ids alone");

    private final OciRuntime runtime;

    ListCommand(OciRuntime runtime) {
        this.runtime = runtime;
    }

    @Override
    public String name() {
        return "list";
    }

    @Override
    public String operands() {
        return "[OPTIONS]";
    }

    @Override
    public String purpose() {
        return "Print all containers";
    }

    @Override
    public List<Flag> flags() {
        return List.of(FORMAT, QUIET);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("All of root's", "carafe-runtime list"),
                new Example("For programs", "carafe-runtime list -f json"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        String format = arguments.last(FORMAT);
        if (format != null && !format.equals("table") && !format.equals("json")) {
            throw new UsageError("invalid format option: " + format + ": it is table or json");
        }
        List<State> states = runtime.all();
        if (Boolean.TRUE.equals(arguments.on(QUIET))) {
            states.forEach(state -> replies.out(state.file().id() + "\n"));
        } else {
            replies.out("json".equals(format) ? StateJson.of(states) : table(states));
        }
        replies.exit(0);
    }

    private static String table(List<State> states) {
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"));
        for (State state : states) {
            ContainerFile file = state.file();
            rows.add(List.of(
                    file.id(),
                    Integer.toString(state.pid()),
                    state.status().toString(),
                    file.bundle(),
                    file.created(),
                    StateJson.owner(file.owner())));
        }
        return Table.of(rows);
    }
}
