package io.carafe.engine.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegisterTest {
    @TempDir
    Path directory;

    private Register<Thing> things;

    record Thing(String id, String name, Instant created) implements Registered<Thing> {
        @Override
        public Thing named(String other) {
            return new Thing(id, other, created);
        }
    }

    private static Thing thing(String digits, String name, int second) {
        return new Thing(digits + "0".repeat(64 - digits.length()), name, Instant.ofEpochSecond(second));
    }

    @BeforeEach
    void empty() {
        things = new Register<>(directory.resolve("things"), "thing", Thing.class);
    }

    @Test
    void oneIsFoundByItsNameItsIdAndTheBeginningOfThat() {
        Thing one = things.create(thing("ab1", "one", 1), Map.of("more", "text"), true);
        Thing two = things.create(thing("ab2", "two", 2), Map.of(), true);
        assertThat(things.find("one")).isEqualTo(one);
        assertThat(things.find(two.id())).isEqualTo(two);
        assertThat(things.find("ab1")).isEqualTo(one);
        assertThat(things.lookUp("ac")).isEmpty();
        assertThat(things.lookUp("../things")).isEmpty();
        assertThat(things.lookUp("")).isEmpty();
        assertThat(things.read(one, "more")).contains("text");
        assertThat(things.all()).containsExactly(two, one);
        assertThatThrownBy(() -> things.find("ab")).hasMessageContaining("several things have ids that begin with ab");
        assertThatThrownBy(() -> things.find("three")).hasMessage("thing three does not exist");
    }

    @Test
    void aNameIsTakenOnceAndMadeUpIfNeedBe() {
        things.create(thing("a", "one", 1), Map.of(), true);
        assertThatThrownBy(() -> things.create(thing("b", "one", 2), Map.of(), true))
                .hasMessageContaining("the thing name one is already in use by thing a0")
                .hasMessageContaining("carafe thing rm one");
        assertThat(things.all()).hasSize(1);
        assertThat(things.create(thing("c", "", 3), Map.of(), true).name()).isNotEmpty();
    }

    @Test
    void whatIsRetiredFreesItsName() {
        Thing one = things.create(thing("a", "one", 1), Map.of(), true);
        Path removed = things.retire(one);
        assertThat(removed).isDirectory();
        assertThat(things.remnants()).containsExactly(removed);
        assertThat(things.all()).isEmpty();
        assertThat(things.create(thing("b", "one", 2), Map.of(), true).name()).isEqualTo("one");
    }

    @Test
    void aNameOfOneThatWasNeverFinishedIsNobodys() throws IOException {
        things.create(thing("a", "one", 1), Map.of(), true);
        Files.delete(things.place(thing("a", "", 1).id()).resolve("thing.json"));
        assertThat(things.create(thing("b", "one", 2), Map.of(), true).name()).isEqualTo("one");
    }
}
