package io.carafe.sandbox.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Undo;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WireTest {
    private static final String HEADER = "../native/wire.h";
    private static final Step EXECUTE = new Step.Execute(List.of("/bin/a"), List.of("a", ""), List.of());
    private static final Step CLONE = new Step.Clone(0x20000000, "");

    static Stream<Class<?>> kinds() {
        return Arrays.stream(Step.class.getPermittedSubclasses());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void everyKindOfStepComesBackAsItWas(Class<? extends Step> kind) throws Exception {
        for (Values values : List.of(new Values(1), new Values(2), new Values(0))) {
            Step step = make(kind, values);
            var plan = new Plan(
                    List.of(new Line(step, ""), new Line(CLONE, "")),
                    List.of(new Line(step, ""), new Line(EXECUTE, "")),
                    List.of(new Undo(0, values.collect(), ""), new Undo(1, values.removeDirectory(), "")),
                    1L << 40);

            assertThat(Wire.decode(ByteBuffer.wrap(Wire.encode(plan)))).isEqualTo(plan);
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void everyKindOfStepHasTheExecutorsNumber(Class<? extends Step> kind) throws Exception {
        byte[] bytes = Wire.encode(planOf(make(kind, new Values(1))));
        int number = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getShort(32);

        assertThat(operations().get(number - 1)).isEqualTo("OP_" + upper(kind.getSimpleName()));
    }

    @Test
    void theExecutorKnowsNoOtherSteps() throws IOException {
        assertThat(operations()).hasSize((int) kinds().count());
    }

    @Test
    void slotsAndPartsHaveTheExecutorsNumbers() throws IOException {
        String header = Files.readString(Path.of(HEADER));

        assertThat(names(header, "enum slot", "SLOT_"))
                .isEqualTo(Stream.concat(Slot.named().stream().map(Slot::name), Stream.of("CARRIED"))
                        .toList());
        assertThat(header).contains("SLOT_CARRIED = " + Slot.carried(0).number() + ",");
        assertThat(header).contains("SLOTS = " + (Slot.carried(0).number() + Slot.CARRIED_MAX));
        assertThat(names(header, "enum part", "PART_"))
                .isEqualTo(Arrays.stream(Plan.Part.values()).map(Enum::name).toList());
    }

    @Test
    void sizesAreTheExecutors() throws IOException {
        String header = Files.readString(Path.of(HEADER));

        assertThat(header.replaceAll(" +", " "))
                .contains("PLAN_MAGIC 0x%xu".formatted(Wire.MAGIC))
                .contains("PLAN_SIZE_MAX (%du << 20)".formatted(Wire.SIZE_MAX >> 20))
                .contains("PLAN_STEPS_MAX %du".formatted(Wire.STEPS_MAX))
                .contains("sizeof(struct plan_header) == " + Wire.HEADER)
                .contains("sizeof(struct step) == " + Wire.STEP);
    }

    @Test
    void bytesThatAreNoUtf8GoThrough() {
        String odd = Utf8.decode(new byte[] {'a', (byte) 0xff, (byte) 0xc3});
        Plan plan = planOf(new Step.SetHostName(odd));

        assertThat(Wire.decode(ByteBuffer.wrap(Wire.encode(plan)))).isEqualTo(plan);
    }

    @Test
    void aNulInAStringIsRefused() {
        assertThatThrownBy(() -> Wire.encode(planOf(new Step.SetHostName("a\0b"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a NUL in \"a?b\"");
        assertThatThrownBy(() -> Wire.encode(planOf(new Step.Execute(List.of(), List.of("\0"), List.of()))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void tooManyStepsAreRefused() {
        List<Line> most = Collections.nCopies(4094, new Line(new Step.UnmountTop(), ""));
        Wire.encode(new Plan(List.of(new Line(CLONE, "")), concat(most, EXECUTE), List.of(), 0));

        assertThatThrownBy(() -> Wire.encode(new Plan(
                        List.of(new Line(CLONE, ""), new Line(CLONE, "")), concat(most, EXECUTE), List.of(), 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a plan of 4097 steps, at most 4096");
    }

    @Test
    void aPlanOfOver16MebibytesIsRefused() {
        String mebibyte = "a".repeat(1 << 20);
        Wire.encode(planOf(new Step.Execute(List.of(), Collections.nCopies(15, mebibyte), List.of())));

        assertThatThrownBy(() ->
                        Wire.encode(planOf(new Step.Execute(List.of(), Collections.nCopies(16, mebibyte), List.of()))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("a plan of over 16 MiB");
    }

    @Test
    void cutBytesAreNoPlan() throws Exception {
        byte[] bytes = Wire.encode(allKinds());
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> Wire.decode(ByteBuffer.wrap(cut))).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void damagedBytesAreAPlanOrNoneButNeverAnythingElse() throws Exception {
        byte[] bytes = Wire.encode(allKinds());
        for (int i = 0; i < 8 * bytes.length; i++) {
            byte[] damaged = bytes.clone();
            damaged[i / 8] ^= (byte) (1 << i % 8);
            decodeAnything(damaged, "bit " + i);
        }
        var random = new Random(1);
        int[] extremes = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 0, 1, bytes.length, bytes.length - 1};
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = bytes.clone();
            ByteBuffer words = ByteBuffer.wrap(damaged).order(ByteOrder.LITTLE_ENDIAN);
            for (int j = 0; j < 3; j++) {
                int at = 4 * random.nextInt(bytes.length / 4);
                words.putInt(at, random.nextBoolean() ? extremes[random.nextInt(extremes.length)] : random.nextInt());
            }
            decodeAnything(damaged, "round " + i);
        }
    }

    @Test
    void stepsThatShareAStringAreNoPlan() {
        var first = new Line(new Step.SetHostName("a".repeat(500)), "");
        var other = new Line(new Step.SetHostName("b"), "");
        ByteBuffer bytes = ByteBuffer.wrap(Wire.encode(new Plan(List.of(first), List.of(other), List.of(), 0)))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(Wire.HEADER + Wire.STEP + Wire.OPERANDS, bytes.getInt(Wire.HEADER + Wire.OPERANDS));

        assertThatThrownBy(() -> Wire.decode(bytes))
                .isInstanceOf(IllegalArgumentException.class); // or a small plan fills the heap
    }

    private static void decodeAnything(byte[] bytes, String what) {
        try {
            Wire.decode(ByteBuffer.wrap(bytes));
        } catch (IllegalArgumentException e) {
            // no plan
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            fail(what, e);
        }
    }

    private static Plan planOf(Step step) {
        return new Plan(List.of(new Line(step, "")), List.of(), List.of(), 0);
    }

    private static Plan allKinds() throws Exception {
        var lines = new ArrayList<Line>();
        for (Class<?> kind : kinds().toList()) {
            lines.add(new Line(make(kind, new Values(1)), ""));
        }
        return new Plan(lines, List.of(), List.of(new Undo(0, EXECUTE, "")), 7);
    }

    private static List<Line> concat(List<Line> lines, Step last) {
        var all = new ArrayList<>(lines);
        all.add(new Line(last, ""));
        return all;
    }

    private static Step make(Class<?> kind, Values values) throws Exception {
        RecordComponent[] components = kind.getRecordComponents();
        var types = new Class<?>[components.length];
        var arguments = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            arguments[i] = values.next(components[i].getGenericType());
        }
        var constructor = kind.getDeclaredConstructor(types);
        constructor.setAccessible(true);
        return (Step) constructor.newInstance(arguments);
    }

    /// Different values for every component; with 0 the least ones.
    private static final class Values {
        private int next;

        Step collect() throws Exception {
            return make(Step.Collect.class, this);
        }

        Step removeDirectory() throws Exception {
            return make(Step.RemoveDirectory.class, this);
        }

        Values(int first) {
            next = first * 1000;
        }

        Object next(Type type) {
            boolean least = next == 0;
            if (type == long.class) {
                return least ? 0 : next++ * -0x100000001L;
            } else if (type == int.class) {
                return least ? 0 : next++ * -0x1001;
            } else if (type == boolean.class) {
                return !least && next++ % 2 == 0;
            } else if (type == String.class) {
                return least ? "" : "ü" + next++;
            } else if (type == Step.Monitor.Input.class) {
                return Step.Monitor.Input.of(least ? 0 : next++ % 3);
            } else if (type == Slot.class) {
                List<Slot> slots = List.of(Slot.BASE, Slot.EMPTY, Slot.carried(3), Slot.carried(Slot.CARRIED_MAX - 1));
                return least ? Slot.HOST : slots.get(next++ % slots.size());
            }
            if (type == Confidential.class) {
                return new Confidential(least ? new byte[0] : new byte[] {0, (byte) next++, -1});
            }
            Type element = ((ParameterizedType) type).getActualTypeArguments()[0];
            if (least) {
                return List.of();
            }
            Type primitive = element == Long.class ? long.class : element == Integer.class ? int.class : element;
            return List.of(next(primitive), next(primitive), next(primitive));
        }
    }

    private static List<String> operations() throws IOException {
        List<String> names = names(Files.readString(Path.of(HEADER)), "enum op", "");
        return names.stream().filter(name -> !name.equals("OPS")).toList();
    }

    /// The constants of an enum in the order of their numbers, without those that only count them.
    private static List<String> names(String header, String of, String prefix) {
        int from = header.indexOf(of + " {");
        String body = header.substring(from + of.length(), header.indexOf('}', from));
        return Pattern.compile("\\b" + prefix + "[A-Z_]+")
                .matcher(body)
                .results()
                .map(found -> found.group().substring(prefix.length()))
                .toList();
    }

    private static String upper(String camelCase) {
        return camelCase.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
    }
}
