package io.carafe.sandbox.judge;

import io.carafe.sandbox.Content;

/// A file that a program finds in its working directory.
///
/// @param name its path there: `data/in.txt`. A byte that isn't part of UTF-8 is U+DC00 + byte
/// @param mode its permission bits; it belongs to the program's user
public record GivenFile(String name, int mode, Content content) {}
