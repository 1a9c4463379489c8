package io.carafe.engine.image;

import io.carafe.engine.store.Digest;

/// A layer of an image.
///
/// @param diffId of its files, uncompressed: unpacked layers are called so
/// @param blob   as it comes, compressed or not
public record ImageLayer(Digest diffId, Descriptor blob) {}
