package io.carafe.sandbox.plan;

/// A step in words.
public final class StepText {
    private StepText() {}

    public static String of(Step step) {
        return step.toString();
    }
}
