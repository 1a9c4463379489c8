package io.carafe.sandbox.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonWriterTest {
    @Test
    void whatIsToldInOrderIsWrittenInOrder() {
        var json = new JsonWriter().beginObject().put("b", 1).put("a", true).put("list", List.of("x", "y"));
        json.name("objects").beginList();
        json.beginObject().endObject().beginObject().put("z", "é").endObject().endList();
        json.put("map", Map.of("k", "v")).put("none", List.of()).endObject();
        assertThat(json.text())
                .isEqualTo("{\"b\":1,\"a\":true,\"list\":[\"x\",\"y\"],\"objects\":[{},{\"z\":\"é\"}],"
                        + "\"map\":{\"k\":\"v\"},\"none\":[]}");
    }

    @Test
    void whatIsQuotedIsReadAsItWas() {
        String hostile = "\"\\\n\t\u0001\u001bä😀/";
        var problems = new ArrayList<Problem>();
        assertThat(Node.of(JsonWriter.quoted(hostile), "text", problems).text()).isEqualTo(hostile);
        assertThat(problems).isEmpty();
    }

    @Test
    void halfACharacterIsEscaped() {
        assertThat(JsonWriter.quoted("a\udcffb\ud800")).isEqualTo("\"a\\udcffb\\ud800\"");
    }
}
