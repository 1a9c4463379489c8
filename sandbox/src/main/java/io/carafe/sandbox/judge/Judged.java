package io.carafe.sandbox.judge;

/// A job of a [Batch], and how it ended.
///
/// @param number which one it was, from 0
public record Judged(long number, Job job, Verdict verdict) {}
