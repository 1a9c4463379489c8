package io.carafe.sandbox.junit;

import io.carafe.sandbox.Sandbox;
import io.carafe.sandbox.judge.Job;
import io.carafe.sandbox.judge.Judge;
import io.carafe.sandbox.judge.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// What [Sandboxed] does.
@SuppressWarnings("exports") // whoever uses it has JUnit
public final class SandboxedExtension implements ExecutionCondition, ParameterResolver {
    /// For JUnit.
    public SandboxedExtension() {}

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return isRoot()
                ? ConditionEvaluationResult.enabled("root can make boxes")
                : ConditionEvaluationResult.disabled("boxes for programs that nobody trusts need root");
    }

    private static boolean isRoot() {
        try {
            return Objects.equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"), 0);
        } catch (IOException | UnsupportedOperationException e) {
            return false; // no Linux
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == Job.class || type == Judge.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        if (parameter.getParameter().getType() == Judge.class) {
            Judge judge = Judge.of(Runtime.getRuntime().availableProcessors());
            context.getStore(Namespace.create(SandboxedExtension.class)).put(judge, judge); // JUnit closes it
            return judge;
        }
        return nearest(context).map(SandboxedExtension::job).orElse(Sandbox.untrusted());
    }

    /// The method's own, or that of its class or of one around it.
    private static Optional<Sandboxed> nearest(ExtensionContext context) {
        Optional<ExtensionContext> at = Optional.of(context);
        while (at.isPresent()) {
            Optional<Sandboxed> found = at.get().getElement().map(element -> element.getAnnotation(Sandboxed.class));
            if (found.isPresent()) {
                return found;
            }
            at = at.get().getParent();
        }
        return Optional.empty();
    }

    private static Job job(Sandboxed asked) {
        Limits limits = Limits.DEFAULT;
        if (asked.cpuMillis() >= 0) {
            limits = limits.withCpu(Duration.ofMillis(asked.cpuMillis()));
        }
        if (asked.wallMillis() >= 0) {
            limits = limits.withWall(Duration.ofMillis(asked.wallMillis()));
        }
        if (asked.memory() >= 0) {
            limits = limits.withMemory(asked.memory());
        }
        if (asked.processes() >= 0) {
            limits = limits.withProcesses(asked.processes());
        }
        return Sandbox.untrusted().limits(limits).pinned(asked.pinned());
    }
}
