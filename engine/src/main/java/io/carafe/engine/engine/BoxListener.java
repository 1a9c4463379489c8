package io.carafe.engine.engine;

/// Who hears of a box that is run from here. The methods are called one at a time.
public interface BoxListener {
    /// What the program prints to its standard output.
    void out(byte[] bytes);

    /// And to its standard error, as [io.carafe.sandbox.plan.Utf8]: bytes that are none survive.
    void err(String text);

    /// What is to be said of the box itself, in a sentence.
    void say(String sentence);

    /// Asked now and then: if nobody waits any more the box is killed.
    boolean isThere();
}
