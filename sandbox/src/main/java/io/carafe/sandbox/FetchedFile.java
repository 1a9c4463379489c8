package io.carafe.sandbox;

/// A file that a program left behind in its [Workspace], copied out.
///
/// @param name    its path in the workspace: `out/result.txt`. A byte that isn't part of UTF-8 is U+DC00 + byte
/// @param mode    its permission bits, without those for set-uid, set-gid and sticky
/// @param size    bytes that it says it has; with holes it can be far more than was ever written
/// @param content what is in it, cut where the limit was
public record FetchedFile(String name, int mode, long size, Output content) {}
