package io.carafe.engine.engine;

import io.carafe.engine.container.Container;
import io.carafe.engine.container.HealthCheck;
import io.carafe.engine.image.ImageConfig.Defaults;
import io.carafe.engine.network.Asked;
import io.carafe.sandbox.json.JsonWriter;
import io.carafe.sandbox.json.Node;
import io.carafe.sandbox.plan.Signals;
import io.carafe.sandbox.spec.Spec.Mount;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What an image says that was made of a container: what the container's own image says, and what the container was run
/// with. Docker's rules.
final class Committed {
    private static final int SIGTERM = 15;

    private Committed() {}

    /// @param base what the container's image says
    static Defaults of(Defaults base, Container container, RunOptions options) {
        boolean entrypoint = options.entrypoint() != null;
        boolean command = entrypoint || !options.command().isEmpty();
        return new Defaults(
                options.user().isEmpty() ? base.user() : options.user(),
                environment(base.env(), options.environment()),
                entrypoint ? words(options.entrypoint()) : base.entrypoint(),
                command ? options.command() : base.cmd(),
                volumes(base.volumes(), container, options),
                options.workdir().isEmpty() ? base.workingDir() : options.workdir(),
                signal(base.stopSignal(), container.stopSignal()),
                ports(base.exposedPorts(), options.network()),
                container.labels());
    }

    private static List<String> words(@Nullable String entrypoint) {
        return entrypoint == null || entrypoint.isEmpty() ? List.of() : List.of(entrypoint);
    }

    private static List<String> environment(List<String> base, List<String> given) {
        var all = new ArrayList<>(base);
        for (String word : given) {
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            all.removeIf(it -> it.equals(name) || it.startsWith(name + "="));
            if (equals >= 0) {
                all.add(word);
            }
        }
        return all;
    }

    /// Those that were made for it alone; whose others are is no image's business.
    private static List<String> volumes(List<String> base, Container container, RunOptions options) {
        var all = new LinkedHashSet<>(base);
        for (Mount mount : options.mounts()) {
            if (container.volumes().contains(mount.source())) {
                all.add(mount.destination());
            }
        }
        return List.copyOf(all);
    }

    private static String signal(String base, int own) {
        boolean said = !base.isEmpty() || own != SIGTERM;
        return said ? Signals.name(own) : "";
    }

    private static List<String> ports(List<String> base, RunOptions.Network network) {
        Set<String> all = new LinkedHashSet<>(base);
        if (network instanceof RunOptions.Network.Connected(var asked)) {
            for (Asked.Published port : asked.ports()) {
                all.add(port.inside() + "/" + port.protocol());
            }
            for (Asked.Exposed port : asked.exposed()) {
                all.add(port.inside() + "/" + port.protocol());
            }
        }
        return List.copyOf(all);
    }

    /// The rest of a configuration, with the container's health check in the place of its image's.
    static Node others(Node base, Container container) {
        var json = new JsonWriter();
        json.beginObject();
        base.properties().forEach((name, value) -> {
            if (!name.equals("config")) {
                json.name(name).json(value.json());
            }
        });
        json.name("config").beginObject();
        base.get("config").properties().forEach((name, value) -> {
            if (!name.equals("Healthcheck")) {
                json.name(name).json(value.json());
            }
        });
        HealthCheck health = container.health();
        if (health != null) {
            write(json.name("Healthcheck").beginObject(), health);
        }
        json.endObject().endObject();
        return Node.of(json.text(), "configuration", new ArrayList<>());
    }

    private static void write(JsonWriter json, HealthCheck health) {
        var test = new ArrayList<>(List.of("CMD"));
        test.addAll(health.command());
        json.put("Test", test)
                .put("Interval", health.interval().toNanos())
                .put("Timeout", health.timeout().toNanos())
                .put("StartPeriod", health.startPeriod().toNanos())
                .put("Retries", health.retries())
                .endObject();
    }
}
