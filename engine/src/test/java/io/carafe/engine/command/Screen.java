package io.carafe.engine.command;

import io.carafe.sandbox.executor.Report;
import io.carafe.sandbox.plan.Plan;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the front would show.
public final class Screen implements Replies {
    public String out = "";
    public String err = "";
    public int code = -1;
    public boolean asked;
    public byte[] binary = new byte[0];
    public byte[] standardInput = new byte[0];

    @Nullable
    public Plan plan;

    public void clear() {
        out = "";
        err = "";
        code = -1;
        plan = null;
    }

    @Override
    public void out(String text) {
        out += text;
    }

    @Override
    public void out(byte[] bytes) {
        int before = binary.length;
        binary = Arrays.copyOf(binary, before + bytes.length);
        System.arraycopy(bytes, 0, binary, before, bytes.length);
    }

    @Override
    public byte[] read(int most) {
        int next = Math.min(most, standardInput.length);
        byte[] read = Arrays.copyOf(standardInput, next);
        standardInput = Arrays.copyOfRange(standardInput, next, standardInput.length);
        return read;
    }

    @Override
    public String ask(String prompt) {
        String[] lines = new String(standardInput, StandardCharsets.UTF_8).split("\n", 2);
        standardInput = lines.length < 2 ? new byte[0] : lines[1].getBytes(StandardCharsets.UTF_8);
        return lines[0];
    }

    @Override
    public void err(String text) {
        err += text;
    }

    /// What was performed, in order.
    public final List<Plan> performed = new ArrayList<>();

    /// How each of them ends.
    public Report ending = Report.done();

    @Override
    public Report perform(Plan plan) {
        performed.add(plan);
        return ending;
    }

    @Override
    public void plan(Plan plan) {
        this.plan = plan;
    }

    @Override
    public void input() {
        asked = true;
    }

    @Override
    public boolean isHeard() {
        return true;
    }

    @Override
    public void exit(int code) {
        this.code = code;
    }
}
