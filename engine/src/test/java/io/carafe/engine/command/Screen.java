package io.carafe.engine.command;

import io.carafe.sandbox.plan.Plan;
import org.jspecify.annotations.Nullable;

/// What the front would show.
public final class Screen implements Replies {
    public String out = "";
    public String err = "";
    public int code = -1;
    public boolean asked;

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
    public void err(String text) {
        err += text;
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
