package io.carafe.engine.oci;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.OciRuntime;
import java.util.List;

/// `carafe-runtime ps`
final class Ps implements Command {
    private static final Flag FORMAT =
            Flag.one("f", "format", "FORMAT", "table or json").of("table", "json");

    private final OciRuntime runtime;

    Ps(OciRuntime runtime) {
        this.runtime = runtime;
    }

    @Override
    public String name() {
        return "ps";
    }

    @Override
    public String operands() {
        return "[OPTIONS] CONTAINER [PS OPTION...]";
    }

    @Override
    public String purpose() {
        return "Print the processes of a container";
    }

    @Override
    public List<Flag> flags() {
        return List.of(FORMAT);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("As ps -ef does", "carafe-runtime ps web"),
                new Example("Their numbers on the host", "carafe-runtime ps -f json web"),
                new Example("With columns of ps's", "carafe-runtime ps web -o pid,rss,args"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        String format = arguments.last(FORMAT);
        if (format != null && !format.equals("table") && !format.equals("json")) {
            throw new UsageError("invalid format option: " + format + ": it is table or json");
        }
        List<String> operands = arguments.operands();
        if (operands.isEmpty()) {
            throw new UsageError("no container is named");
        }
        List<Integer> processes = runtime.processes(CreationFlags.container(operands.getFirst()));
        if ("json".equals(format)) {
            replies.out(processes.toString().replace(" ", "") + "\n");
        } else {
            List<String> options = operands.size() == 1 ? List.of("-ef") : operands.subList(1, operands.size());
            replies.out(ProcessTable.of(processes, options));
        }
        replies.exit(0);
    }
}
