package io.carafe.engine.cli;

import io.carafe.sandbox.plan.Plan;
import org.jspecify.annotations.Nullable;

/// What the front would show.
final class Screen implements Replies {
    String out = "";
    String err = "";
    int code = -1;

    @Nullable
    Plan plan;

    void clear() {
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
    public void exit(int code) {
        this.code = code;
    }
}
