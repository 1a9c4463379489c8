package io.carafe.sandbox;

import org.jspecify.annotations.Nullable;

/// Where the standard streams of a box lead. Immutable.
public final class Streams {
    private static final Streams PIPES = new Streams(null, null, null);

    private final @Nullable Content content;
    private final @Nullable Joint from;
    private final @Nullable Joint to;

    private Streams(@Nullable Content content, @Nullable Joint from, @Nullable Joint to) {
        this.content = content;
        this.from = from;
        this.to = to;
    }

    /// To this JVM: [RunningBox#stdin], [RunningBox#stdout], [RunningBox#stderr].
    public static Streams pipes() {
        return PIPES;
    }

    /// The same, but the program reads this. [RunningBox#stdin] leads nowhere then.
    public Streams input(Content content) {
        return new Streams(content, null, to);
    }

    /// The same, but the program reads what another box writes.
    public Streams input(Joint joint) {
        return new Streams(null, joint, to);
    }

    /// The same, but another box reads what the program writes to its standard output. [RunningBox#stdout] is
    /// empty then.
    public Streams output(Joint joint) {
        return new Streams(content, from, joint);
    }

    @Nullable
    Content content() {
        return content;
    }

    @Nullable
    Joint from() {
        return from;
    }

    @Nullable
    Joint to() {
        return to;
    }
}
