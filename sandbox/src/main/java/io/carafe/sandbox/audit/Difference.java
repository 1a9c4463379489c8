package io.carafe.sandbox.audit;

/// Something of a box that isn't what its plan made of it.
///
/// @param what   of the process, or where: `CapEff`, `mount /proc/sys`
/// @param weaker the box is less confined than planned; else it has given up or changed what it may itself, as a
///     program does that drops its capabilities
public record Difference(String what, String expected, String seen, boolean weaker) {
    /// `mount /proc/sys: rw, not ro`
    @Override
    public String toString() {
        return what + ": " + seen + ", not " + expected;
    }
}
