package io.carafe.engine.oci;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.CallerPath;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Quantity;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.OciRuntime;
import io.carafe.sandbox.json.JsonWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// `carafe-runtime update`: options are what they stand for in the JSON text that `-r` has, and nothing else.
final class Update implements Command {
    private static final Flag RESOURCES = Flag.one(
                    "r", "resources", "FILE", "Limits as in linux.resources of a config.json; - is standard input")
            .ofFiles();

    /// An option, and where its value stands in the JSON.
    private record Option(Flag flag, String property, boolean size, boolean text) {}

    private static final List<Option> OPTIONS = List.of(
            number("blkio-weight", "WEIGHT", "Share of the disks, 10 to 1000", "blockIO.weight"),
            number("cpu-period", "MICROSECONDS", "Period of the quota", "cpu.period"),
            number("cpu-quota", "MICROSECONDS", "Processor time per period; -1 for no limit", "cpu.quota"),
            number("cpu-burst", "MICROSECONDS", "Time that can be saved up beyond it", "cpu.burst"),
            number("cpu-rt-period", "MICROSECONDS", "Period of real-time processes", "cpu.realtimePeriod"),
            number("cpu-rt-runtime", "MICROSECONDS", "Their time per period", "cpu.realtimeRuntime"),
            number("cpu-share", "SHARES", "Share of the processors, 2 to 262144", "cpu.shares"),
            number("cpu-idle", "0|1", "Run only when nobody else wants to", "cpu.idle"),
            text("cpuset-cpus", "LIST", "Processors to run on, as 0-3,7", "cpu.cpus"),
            text("cpuset-mems", "LIST", "Memory nodes to use", "cpu.mems"),
            size("memory", "Limit of memory; -1 for none", "memory.limit"),
            size("memory-reservation", "Memory that it keeps when it is short", "memory.reservation"),
            size("memory-swap", "Limit of memory and swap together; -1 for none", "memory.swap"),
            number("pids-limit", "N", "Limit of processes; -1 for none", "pids.limit"));

    private static final Flag L3 = Flag.one("", "l3-cache-schema", "SCHEMA", "Share of the L3 cache (Intel RDT)");
    private static final Flag BANDWIDTH =
            Flag.one("", "mem-bw-schema", "SCHEMA", "Share of the memory's bandwidth (Intel RDT)");

    private final OciRuntime runtime;

    Update(OciRuntime runtime) {
        this.runtime = runtime;
    }

    private static Option number(String name, String value, String help, String property) {
        return new Option(Flag.one("", name, value, help), property, false, false);
    }

    private static Option text(String name, String value, String help, String property) {
        return new Option(Flag.one("", name, value, help), property, false, true);
    }

    private static Option size(String name, String help, String property) {
        return new Option(Flag.one("", name, "BYTES", help), property, true, false);
    }

    @Override
    public String name() {
        return "update";
    }

    @Override
    public String operands() {
        return "[OPTIONS] CONTAINER";
    }

    @Override
    public String purpose() {
        return "Change the limits of a container";
    }

    @Override
    public List<Flag> flags() {
        var flags = new ArrayList<Flag>();
        flags.add(RESOURCES);
        OPTIONS.forEach(option -> flags.add(option.flag));
        flags.add(L3);
        flags.add(BANDWIDTH);
        return flags;
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("Half a gigabyte", "carafe-runtime update --memory 512m web"),
                new Example("As JSON", "echo '{\"pids\": {\"limit\": 50}}' | carafe-runtime update -r - web"));
    }

    @Override
    public void run(Arguments arguments, Invocation caller, Replies replies) {
        for (Flag flag : List.of(L3, BANDWIDTH)) {
            if (arguments.last(flag) != null) {
                throw new UsageError("--" + flag.name() + " is not there yet");
            }
        }
        String file = arguments.last(RESOURCES);
        if (file != null && file.equals("-") && caller.input() == null) {
            replies.input();
            return;
        }
        String json = file == null ? json(arguments) : file.equals("-") ? caller.input() : read(file, caller);
        replies.plan(runtime.update(CreationFlags.container(arguments), String.valueOf(json)));
    }

    private static String read(String file, Invocation caller) {
        try (var in = CallerPath.open(CallerPath.readable(file, caller), caller)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UsageError("read " + file + ": " + e.getMessage());
        }
    }

    private static String json(Arguments arguments) {
        Map<String, Map<String, String>> objects = new TreeMap<>();
        for (Option option : OPTIONS) {
            String word = arguments.last(option.flag);
            if (word != null && !word.isEmpty()) {
                int dot = option.property.indexOf('.');
                objects.computeIfAbsent(option.property.substring(0, dot), _ -> new LinkedHashMap<>())
                        .put(option.property.substring(dot + 1), value(option, word));
            }
        }
        var json = new StringBuilder("{");
        objects.forEach((name, properties) -> {
            json.append(json.length() == 1 ? "" : ",")
                    .append(JsonWriter.quoted(name))
                    .append(":{");
            int begin = json.length();
            properties.forEach((property, value) -> json.append(json.length() == begin ? "" : ",")
                    .append(JsonWriter.quoted(property))
                    .append(':')
                    .append(value));
            json.append('}');
        });
        return json.append('}').toString();
    }

    private static String value(Option option, String word) {
        if (option.text) {
            return JsonWriter.quoted(word);
        }
        try {
            return Long.toString(option.size && !word.equals("-1") ? Quantity.bytes(word) : Long.parseLong(word));
        } catch (NumberFormatException e) {
            throw new UsageError("invalid value for --" + option.flag.name() + ": " + word);
        } catch (IllegalArgumentException e) {
            throw new UsageError("invalid value for --" + option.flag.name() + ": " + word + ": " + e.getMessage());
        }
    }
}
