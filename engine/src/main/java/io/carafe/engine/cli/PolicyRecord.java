package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.CallerPath;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.CallRecorder;
import io.carafe.engine.engine.Ending;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.NeededCapabilities;
import io.carafe.engine.engine.RunOptions;
import io.carafe.engine.engine.RunOptions.Filter.ByPolicy;
import io.carafe.engine.engine.Source;
import io.carafe.engine.error.EngineException;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.policy.Policy;
import io.carafe.sandbox.policy.PolicyFile;
import io.carafe.sandbox.policy.Recording;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `carafe policy record`: runs a program, and writes the least policy that it needs.
final class PolicyRecord implements Command {
    private static final Flag OUTPUT =
            Flag.one("o", "output", "file", "Write the policy to this file").ofFiles();
    private static final Flag CAPABILITIES = Flag.toggle(
            "", "capabilities", "Then run it again without each of the policy's capabilities, to keep those it needs");
    private static final String BASE = "untrusted";

    private final Engine engine;

    PolicyRecord(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "policy record";
    }

    @Override
    public String operands() {
        return "-o FILE [OPTIONS] IMAGE [COMMAND] [ARG...]";
    }

    @Override
    public String purpose() {
        return "Run a program, and write the least policy that it needs";
    }

    @Override
    public List<Flag> flags() {
        var flags = new ArrayList<Flag>(BoxFlags.FLAGS);
        flags.removeAll(List.of(BoxFlags.RECEIPT, BoxFlags.REPRODUCIBLE, BoxFlags.RM));
        flags.add(OUTPUT);
        flags.add(CAPABILITIES);
        return flags;
    }

    @Override
    public Map<String, String> refused() {
        return BoxFlags.REFUSED;
    }

    @Override
    public List<String> choices() {
        return BoxFlags.IMAGES;
    }

    @Override
    public boolean takesProgram() {
        return true;
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example(
                        "What this program calls, and nothing else",
                        "carafe policy record -o sort.json host sort /etc/passwd"),
                new Example("Run it by that", "carafe run --policy ./sort.json host sort /etc/passwd"),
                new Example("What that is less than", "carafe policy diff untrusted sort.json"));
    }

    @Override
    public List<Exit> exits() {
        return List.of(new Exit("N", "The program's own exit code, as of carafe run"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        String output = arguments.last(OUTPUT);
        if (output == null) {
            throw new UsageError("\"carafe policy record\" needs -o FILE: where to write the policy");
        }
        RunOptions options = engine.resolved(
                BoxArguments.read(
                        arguments,
                        invocation,
                        engine.roots(
                                invocation.environment(),
                                invocation.uid(),
                                new MissingImages(engine, invocation, replies)),
                        BASE),
                invocation.environment(),
                invocation.uid(),
                true);
        if (!(options.security().filter() instanceof ByPolicy(var name, var text))) {
            throw new UsageError("\"carafe policy record\" needs a policy for the rest of the box");
        }
        Policy base = PolicyFile.of(text, name, Path.of("/"));
        boolean searches = BoxArguments.isOn(arguments, CAPABILITIES);
        if (searches && base.capabilities().isEmpty()) {
            throw new UsageError(
                    "--capabilities: " + name + " has none that could be left out; --policy names another");
        }
        try (CallRecorder recorder = CallRecorder.begin(base)) {
            Plan plan = engine.plan(Source.of(options.asking(recorder.socket()), false), invocation.cgroup());
            Ending ending = engine.ending(plan, replies.perform(plan));
            ending.sentences().forEach(it -> replies.err(invocation.name() + ": " + it + "\n"));
            Recording recording = recorder.end();
            if (ending.ran()) {
                Policy policy = policy(recording, base, CallerPath.absolute(output, invocation));
                if (searches) {
                    policy = fewer(policy, options, ending.code(), invocation, replies);
                }
                write(policy);
                tell(recording, base, invocation.name(), replies);
            }
            replies.exit(ending.code());
        }
    }

    private static Policy policy(Recording recording, Policy base, String path) {
        return recording.policy(path, "What one run was seen to call, in a box of " + base.name());
    }

    private Policy fewer(Policy policy, RunOptions options, int code, Invocation invocation, Replies replies) {
        var search = new NeededCapabilities(engine, options, policy, invocation.cgroup(), replies::isHeard);
        Optional<List<String>> needed = search.search(code);
        if (needed.isEmpty()) {
            replies.err(invocation.name() + ": the capabilities are those of the policy that it began with: the program"
                    + " doesn't end alike when it is run again, with nothing to read\n");
        }
        return policy.withCapabilities(needed.orElse(policy.capabilities()));
    }

    private static void write(Policy policy) {
        byte[] text = PolicyFile.text(policy).getBytes(StandardCharsets.UTF_8);
        try (NewFile file = new NewFile(policy.name())) {
            file.write(text, 0, text.length);
            file.complete();
        } catch (IOException e) {
            throw new EngineException.Failed("write " + policy.name(), e);
        }
    }

    private static void tell(Recording recording, Policy base, String program, Replies replies) {
        if (!recording.forbidden().isEmpty()) {
            replies.err(program + ": the policy allows what " + base.name() + " forbids, since the program made it: "
                    + String.join(", ", recording.forbidden()) + "\n");
        }
        if (recording.isForeign()) {
            replies.err(program + ": the program made calls of another architecture, which no policy allows\n");
        }
    }
}
