package io.carafe.sandbox.plan;

import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Undo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// Reads what [WireWriter] wrote. The bytes come back from a front, so nothing about them is believed.
final class WireReader {
    private final ByteBuffer in;
    private int at; // of the current step
    private int operand;
    private int argument;
    private int slot;
    private int unread; // operands don't share bytes: what is read is no more than what came

    WireReader(ByteBuffer bytes) {
        in = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
        unread = in.limit();
    }

    Plan plan() {
        try {
            if (in.getInt(0) != Wire.MAGIC || in.getInt(4) != in.limit() || in.get(in.limit() - 1) != 0) {
                throw new IllegalArgumentException("not a plan");
            }
            at = Wire.HEADER;
            List<Line> outside = lines(in.getInt(8));
            List<Line> inside = lines(in.getInt(12));
            var undo = new ArrayList<Undo>();
            int undoSteps = count(in.getInt(16));
            for (int i = 0; i < undoSteps; i++) {
                int after = Math.toIntExact(in.getLong(at + Wire.UNDOES));
                undo.add(new Undo(after, step(), ""));
            }
            boolean detached = (in.getShort(20) & Wire.DETACHED) != 0;
            boolean kept = (in.getShort(20) & Wire.KEPT) != 0;
            return new Plan(
                    outside, inside, undo, in.getLong(24), detached, kept, Short.toUnsignedInt(in.getShort(22)));
        } catch (IndexOutOfBoundsException | ArithmeticException e) {
            throw new IllegalArgumentException("not a plan: cut or damaged", e);
        }
    }

    private static int count(int steps) {
        if (steps < 0 || steps > Wire.STEPS_MAX) {
            throw new IllegalArgumentException("a plan of " + steps + " steps");
        }
        return steps;
    }

    private List<Line> lines(int steps) {
        var lines = new ArrayList<Line>();
        for (int i = 0; i < count(steps); i++) {
            lines.add(new Line(step(), ""));
        }
        return lines;
    }

    private Step step() {
        operand = 0;
        argument = 0;
        slot = 0;
        Step step = Wire.read(this, in.getShort(at));
        at += Wire.STEP;
        return step;
    }

    Slot slot() {
        return Slot.of(Byte.toUnsignedInt(in.get(at + 2 + slot++)));
    }

    long number() {
        return in.getLong(at + Wire.ARGUMENTS + 8 * argument++);
    }

    int integer() {
        return (int) number();
    }

    boolean flag() {
        return number() != 0;
    }

    String string() {
        return stringAt(operand());
    }

    List<String> strings() {
        int words = operand();
        int count = size(in.getLong(words), 8);
        var strings = new ArrayList<String>();
        for (int i = 1; i <= count; i++) {
            strings.add(stringAt(Math.toIntExact(in.getLong(words + 8 * i))));
        }
        return strings;
    }

    List<Long> longs() {
        int blob = operand();
        int count = size(in.getLong(blob) / 8, 8);
        var longs = new ArrayList<Long>();
        for (int i = 1; i <= count; i++) {
            longs.add(in.getLong(blob + 8 * i));
        }
        return longs;
    }

    List<Integer> integers() {
        int blob = operand();
        int count = size(in.getLong(blob) / 4, 4);
        var integers = new ArrayList<Integer>();
        for (int i = 0; i < count; i++) {
            integers.add(in.getInt(blob + 8 + 4 * i));
        }
        return integers;
    }

    byte[] bytes() {
        int blob = operand();
        byte[] bytes = new byte[size(in.getLong(blob), 1)];
        in.get(blob + 8, bytes);
        return bytes;
    }

    private int operand() {
        return in.getInt(at + Wire.OPERANDS + 4 * operand++);
    }

    private int size(long count, int each) {
        if (count < 0 || count > in.limit() / each) {
            throw new IllegalArgumentException("not a plan: a list of " + count);
        }
        spend((int) count * each);
        return (int) count;
    }

    private void spend(int bytes) {
        unread -= bytes;
        if (unread < 0) {
            throw new IllegalArgumentException("not a plan: operands lie over each other");
        }
    }

    private String stringAt(int offset) {
        int end = offset;
        while (in.get(end) != 0) {
            end++;
        }
        spend(end - offset);
        byte[] bytes = new byte[end - offset];
        in.get(offset, bytes);
        return Utf8.decode(bytes);
    }
}
