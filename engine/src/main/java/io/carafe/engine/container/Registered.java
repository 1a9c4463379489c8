package io.carafe.engine.container;

import java.time.Instant;

/// What a [Register] can keep.
///
/// @param <T> itself
public interface Registered<T> {
    /// 64 hexadecimal digits.
    String id();

    /// A [ContainerName], or "" for one that is made up when it is put down.
    String name();

    /// When it was asked for.
    Instant created();

    /// The same under another name.
    T named(String other);
}
