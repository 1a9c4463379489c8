package io.carafe.engine.repro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.engine.repro.FileState.Kind;
import io.carafe.engine.repro.Receipt.Asked;
import io.carafe.engine.repro.Receipt.Inputs;
import io.carafe.engine.repro.Receipt.Mounted;
import io.carafe.engine.repro.Receipt.Outcome;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReceiptJsonTest {
    private static final Receipt RECEIPT = new Receipt(
            new Asked("/home/me", List.of("--reproducible", "x", "sh", "-c", "a \"b\"\n"), Map.of("CC", "gcc")),
            new Inputs(
                    new TreeMap<>(Map.of("image", "x", "umask", "22")),
                    new TreeMap<>(Map.of("/src", new Mounted("/home/me/src", List.of("rbind", "rro"), "sha256:a")))),
            new Outcome(
                    3,
                    new TreeMap<>(Map.of(
                            "/new", new FileState(Kind.FILE, 04755, "sha256:b"),
                            "/link", new FileState(Kind.LINK, 0, "to"),
                            "/gone", FileState.GONE))));

    @Test
    void aReceiptIsReadAsItWasWritten() throws IOException {
        assertThat(ReceiptJson.read(ReceiptJson.text(RECEIPT), "r.json")).isEqualTo(RECEIPT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"receipt\":1           | \"receipt\":2        | the only kind that there is",
                "\"exit\":3              | \"exit\":-1          | out.exit",
                "\"directory\":\"/home/me\" | \"directory\":\"me\" | asked.directory",
                "\"mode\":\"4755\"       | \"mode\":\"77777\"   | not a mode",
                "\"kind\":\"gone\"       | \"kind\":\"lost\"    | kind of file",
            })
    void whatIsNoneIsSaid(String was, String is, String says) {
        String text = ReceiptJson.text(RECEIPT).replace(was, is);
        assertThatThrownBy(() -> ReceiptJson.read(text, "r.json"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(says);
    }

    @Test
    void differencesAreSentences() {
        assertThat(Receipt.differences(RECEIPT.in(), RECEIPT.in())).isEmpty();
        assertThat(Receipt.differences(RECEIPT.out(), RECEIPT.out())).isEmpty();
        var others = new TreeMap<>(RECEIPT.out().changed());
        others.remove("/gone");
        others.put("/new", new FileState(Kind.FILE, 0644, "sha256:c"));
        assertThat(Receipt.differences(RECEIPT.out(), new Outcome(0, others)))
                .containsExactly(
                        "exit code was 3, is 0",
                        "/gone was gone, is not there",
                        "/new was file 4755 sha256:b, is file 0644 sha256:c");
        assertThat(Receipt.differences(
                        RECEIPT.in(), new Inputs(new TreeMap<>(Map.of("image", "x", "umask", "77")), new TreeMap<>())))
                .containsExactly(
                        "umask was 22, is 77", "what is mounted at /src was [rbind, rro] sha256:a, is not there");
    }
}
