package io.carafe.sandbox.plan;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/// Lays out a plan: the header, the steps, then each step's operands in turn, lists and blobs ever further on.
final class WireWriter {
    private ByteBuffer out;
    private int at = Wire.HEADER - Wire.STEP; // of the current step
    private int end; // of what is written
    private int operand;
    private int argument;

    WireWriter(Plan plan) {
        int steps = plan.outside().size() + plan.inside().size() + plan.undo().size();
        if (steps > Wire.STEPS_MAX) {
            throw new IllegalArgumentException("a plan of " + steps + " steps, at most " + Wire.STEPS_MAX);
        }
        end = Wire.HEADER + steps * Wire.STEP;
        out = ByteBuffer.allocate(Math.max(2 * end, 16 << 10)).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(0, Wire.MAGIC)
                .putInt(8, plan.outside().size())
                .putInt(12, plan.inside().size())
                .putInt(16, plan.undo().size())
                .putShort(20, (short) ((plan.detached() ? Wire.DETACHED : 0) | (plan.kept() ? Wire.KEPT : 0)))
                .putShort(22, (short) plan.preserved())
                .putLong(24, plan.timeout());
    }

    /// Begins the next step.
    WireWriter step() {
        at += Wire.STEP;
        operand = 0;
        argument = 0;
        return this;
    }

    WireWriter op(int op) {
        out.putShort(at, (short) op);
        return this;
    }

    WireWriter undoes(int outsideStep) {
        out.putLong(at + Wire.UNDOES, outsideStep);
        return this;
    }

    WireWriter slots(Slot first, Slot second) {
        out.put(at + 2, (byte) first.number()).put(at + 3, (byte) second.number());
        return this;
    }

    WireWriter number(long value) {
        out.putLong(at + Wire.ARGUMENTS + 8 * argument++, value);
        return this;
    }

    WireWriter number(boolean value) {
        return number(value ? 1 : 0);
    }

    WireWriter string(String value) {
        operand(end);
        append(value);
        return this;
    }

    WireWriter strings(List<String> values) {
        int words = align();
        operand(words);
        reserve(8 * (values.size() + 2));
        out.putLong(words, values.size());
        for (int i = 0; i < values.size(); i++) {
            out.putLong(words + 8 * (i + 1), end);
            append(values.get(i));
        }
        return this;
    }

    WireWriter longs(List<Long> values) {
        int blob = blob(8 * values.size());
        for (int i = 0; i < values.size(); i++) {
            out.putLong(blob + 8 * i, values.get(i));
        }
        return this;
    }

    WireWriter integers(List<Integer> values) {
        int blob = blob(4 * values.size());
        for (int i = 0; i < values.size(); i++) {
            out.putInt(blob + 4 * i, values.get(i));
        }
        return this;
    }

    WireWriter bytes(byte[] values) {
        int blob = blob(values.length);
        out.put(blob, values);
        return this;
    }

    byte[] finish() {
        align();
        reserve(8); // the last byte is 0
        out.putInt(4, end);
        byte[] bytes = new byte[end];
        out.get(0, bytes);
        return bytes;
    }

    private void operand(int offset) {
        out.putInt(at + Wire.OPERANDS + 4 * operand++, offset);
    }

    private int blob(int size) {
        int head = align();
        operand(head);
        reserve(8 + size);
        out.putLong(head, size);
        return head + 8;
    }

    private int align() {
        reserve(-end & 7);
        return end;
    }

    private void append(String value) {
        byte[] bytes = Utf8.encode(value);
        for (byte b : bytes) {
            if (b == 0) {
                throw new IllegalArgumentException("a NUL in \"" + value.replace('\0', '?') + '"');
            }
        }
        int start = end;
        reserve(bytes.length + 1);
        out.put(start, bytes);
    }

    private void reserve(int size) {
        end = Math.addExact(end, size);
        if (end > Wire.SIZE_MAX) {
            throw new IllegalArgumentException("a plan of over 16 MiB: arguments and environment are too long");
        }
        if (end > out.capacity()) {
            ByteBuffer larger =
                    ByteBuffer.allocate(Math.max(2 * out.capacity(), end)).order(ByteOrder.LITTLE_ENDIAN);
            out = larger.put(0, out, 0, out.capacity());
        }
    }
}
