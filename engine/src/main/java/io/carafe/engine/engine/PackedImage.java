package io.carafe.engine.engine;

import io.carafe.engine.pack.Contents;
import io.carafe.engine.store.Digest;

/// An image that has been made of a program.
///
/// @param digest of its manifest
public record PackedImage(Contents contents, Digest digest) {}
