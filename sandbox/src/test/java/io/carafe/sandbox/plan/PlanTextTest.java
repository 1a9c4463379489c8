package io.carafe.sandbox.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.spec.Capability;
import io.carafe.sandbox.spec.Namespace;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanTextTest {
    @Test
    void hasALinePerStep() {
        Golden.check("every-step.txt", PlanText.of(EveryStep.PLAN));
    }

    @Test
    void showsTheCallsOfEachStep() {
        Golden.check("every-step-with-calls.txt", PlanText.withCalls(EveryStep.PLAN));
    }

    @Test
    void jsonHasTheFieldsOfEachStep() {
        Golden.check("every-step.json", PlanJson.of(EveryStep.PLAN));
    }

    @Test
    void everyKindOfStepIsInTheGoldenFiles() {
        var kinds = new ArrayList<Class<?>>();
        EveryStep.PLAN.outside().forEach(line -> kinds.add(line.step().getClass()));
        EveryStep.PLAN.inside().forEach(line -> kinds.add(line.step().getClass()));
        EveryStep.PLAN.undo().forEach(undo -> kinds.add(undo.step().getClass()));
        assertThat(kinds).contains(Step.class.getPermittedSubclasses());
    }

    @Test
    void aPlanFromTheWireReadsTheSameButForItsReasons() {
        Plan read = Wire.decode(ByteBuffer.wrap(Wire.encode(EveryStep.PLAN)));
        assertThat(withoutReasons(PlanText.withCalls(read)))
                .isEqualTo(withoutReasons(PlanText.withCalls(EveryStep.PLAN)));
    }

    private static List<String> withoutReasons(String text) {
        return text.lines()
                .map(line -> line.contains("  #") ? line.substring(0, line.indexOf("  #")) : line)
                .map(String::stripTrailing)
                .filter(line -> !line.isEmpty())
                .map(line -> line.startsWith(" ")
                        ? line.replaceFirst(" \\(after step \\d+\\)$", "").stripTrailing()
                        : line)
                .toList();
    }

    @Test
    void capabilitiesHaveTheNamesThatTheSpecKnows() {
        var names = new ArrayList<String>();
        for (Capability capability : Capability.values()) {
            names.add(capability.name());
        }
        assertThat(Flags.CAPABILITIES).isEqualTo(names);
    }

    @Test
    void namespacesHaveTheWordsThatTheSpecKnows() {
        for (Namespace namespace : Namespace.values()) {
            assertThat(Flags.namespaceWords(namespace.flag())).isEqualToIgnoringCase(namespace.toString());
        }
    }
}
