package io.carafe.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.engine.command.UsageError;
import io.carafe.sandbox.json.Node;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {
    private static final Node IMAGE = Node.of(
            "{\"ID\":\"ab\",\"Size\":12,\"Config\":{\"Cmd\":[\"sh\",\"-c\"],\"Labels\":{\"a.b\":\"c\"}},\"No\":null}",
            "image",
            new ArrayList<>());

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            {{.ID}} ~ ab
            {{ .ID }}:{{.Size}} ~ ab:12
            {{.Config.Cmd}} ~ [sh -c]
            {{json .Config.Cmd}} ~ ["sh","-c"]
            {{.Config.Cmd | json}} ~ ["sh","-c"]
            {{join .Config.Cmd " + "}} ~ sh + -c
            {{len .Config.Cmd}} ~ 2
            {{index .Config.Cmd 1}} ~ -c
            {{index .Config.Labels "a.b"}} ~ c
            {{index .Config.Cmd 1 | upper}} ~ -C
            {{upper .ID}} ~ AB
            {{upper .ID | json}} ~ "AB"
            {{.Config.Labels}} ~ map[a.b:c]
            {{.Config.Missing}} ~ <no value>
            {{json .Config.Missing}} ~ null
            {{json .}} ~ {"ID":"ab","Size":12,"Config":{"Cmd":["sh","-c"],"Labels":{"a.b":"c"}},"No":null}
            """)
    void isFilledAsGoFillsIt(String template, String text) {
        assertThat(Template.of(template).apply(IMAGE)).isEqualTo(text);
    }

    @Test
    void tabsAndLinesAreWritten() {
        assertThat(Template.of("{{.ID}}\\t{{.Size}}\\n").apply(IMAGE)).isEqualTo("ab\t12\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{{range .Config.Cmd}}x{{end}}", "{{if .ID}}", "{{ID}}", "{{json}}", "{{}}", "{{.A | foo}}"})
    void whatIsNotThereIsSaid(String template) {
        assertThatThrownBy(() -> Template.of(template))
                .isInstanceOf(UsageError.class)
                .hasMessageContaining("is not supported: there are fields as {{.ID}}");
    }

    @Test
    void aMistakeIsSaid() {
        assertThatThrownBy(() -> Template.of("{{.Id}}").apply(IMAGE))
                .hasMessage("there is no field .Id; there are .ID, .Size, .Config, .No");
        assertThatThrownBy(() -> Template.of("{{.ID")).hasMessage("template {{.ID: {{ without }}");
        assertThatThrownBy(() -> Template.of("{{index .Config.Cmd 2}}").apply(IMAGE))
                .hasMessage("template: there is no element 2 in a list of 2");
    }
}
