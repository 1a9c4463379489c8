package io.carafe.engine.engine;

/// A line of `carafe history`.
///
/// @param id        of the image that this step has come to, "" where nobody knows
/// @param created   RFC 3339, unchecked; "" if the image doesn't say
/// @param createdBy the command
/// @param size      bytes of the layer that it made, 0 if it made none
public record HistoryRow(String id, String created, String createdBy, long size, String comment) {}
