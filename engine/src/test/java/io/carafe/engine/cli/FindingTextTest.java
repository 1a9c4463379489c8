package io.carafe.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.doctor.Finding;
import io.carafe.engine.doctor.Finding.Status;
import java.util.List;
import org.junit.jupiter.api.Test;

class FindingTextTest {
    private static final List<Finding> FINDINGS = List.of(
            new Finding("kernel", "landlock", Status.WORKS, "ABI 7", ""),
            new Finding("kernel", "psi", Status.MISSING, "no \"psi\"\n", "psi=1"),
            new Finding("devices", "dev-tun", Status.IN_PART, "mode 0600", "chmod 0666 /dev/net/tun"),
            new Finding("devices", "kvm", Status.UNKNOWN, "not for us", "sudo"));

    @Test
    void peopleGetAColumnForEachPart() {
        assertThat(FindingText.text(FINDINGS.subList(0, 3), false)).isEqualTo("""
                kernel
                  landlock  works       ABI 7
                  psi       missing     no "psi"

                                        fix: psi=1

                devices
                  dev-tun   in part     mode 0600
                                        fix: chmod 0666 /dev/net/tun

                1 work, 1 in part, 1 missing, 0 can't be told
                """);
    }

    @Test
    void onlyTheStatusHasAColour() {
        assertThat(FindingText.text(FINDINGS, true))
                .contains(
                        "  landlock  \u001b[32mworks     \u001b[0m  ABI 7\n",
                        "\u001b[31mmissing   \u001b[0m",
                        "\u001b[33min part   \u001b[0m",
                        "\u001b[36mcan't tell\u001b[0m");
        assertThat(FindingText.text(FINDINGS, false)).doesNotContain("\u001b");
    }

    @Test
    void programsGetJson() {
        assertThat(FindingText.json(FINDINGS.subList(0, 2)))
                .isEqualTo("[\n"
                        + "{\"group\":\"kernel\",\"name\":\"landlock\",\"status\":\"works\",\"detail\":\"ABI 7\","
                        + "\"fix\":\"\"},\n"
                        + "{\"group\":\"kernel\",\"name\":\"psi\",\"status\":\"missing\","
                        + "\"detail\":\"no \\\"psi\\\"\\u000a\",\"fix\":\"psi=1\"}\n"
                        + "]\n");
        assertThat(FindingText.json(List.of())).isEqualTo("[\n]\n");
    }
}
