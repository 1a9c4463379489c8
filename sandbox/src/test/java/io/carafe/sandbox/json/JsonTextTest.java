package io.carafe.sandbox.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class JsonTextTest {
    @Test
    void whatIsJson() {
        assertThat(JsonText.parse(
                        " [0, -1.5e+3 , true,false,null,\"\\u00e4\\ud83d\\ude00\\n\\/\",{}, [] ]\r\n", "text"))
                .asString()
                .isEqualTo("[Digits[text=0], Digits[text=-1.5e+3], true, false, null, ä😀\n/, {}, []]");
        assertThat(JsonText.parse("[".repeat(64) + "]".repeat(64), "text")).isNotNull();
    }

    @Test
    void aProblemNamesTheTextAndThePlace() {
        assertThatThrownBy(() -> JsonText.parse("{\n\"a\": \t\n\n  x}", "manifest"))
                .hasMessage("manifest: no JSON at line 4, column 3: no value");
    }

    @Test
    void ofWhatIsNoJsonNothingIsThere() {
        var problems = new ArrayList<Problem>();
        Node node = Node.of("{", "index.json", problems);
        assertThat(node.isThere()).isFalse();
        assertThat(problems).singleElement().asString().startsWith("index.json: no JSON at line 1, column 2");
    }
}
