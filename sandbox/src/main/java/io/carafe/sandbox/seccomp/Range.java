package io.carafe.sandbox.seccomp;

/// Numbers of system calls with one verdict, from this (unsigned) number to the next range's.
record Range(int first, Verdict verdict) {}
