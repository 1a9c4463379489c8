package io.carafe.engine.engine;

import io.carafe.engine.image.Descriptor;
import io.carafe.engine.image.Reference;

/// What a pull has brought.
///
/// @param isNew false if all of it was there, and called so
/// @param note  what the user ought to know about it, "" for nothing
public record Pulled(Reference name, Descriptor descriptor, boolean isNew, String note) {}
