package io.carafe.sandbox.spec;

/// Something that is wrong with a spec.
///
/// @param where the property, as `process.cwd` or `--workdir`
/// @param what  what is wrong with it, the value in it
public record Problem(String where, String what) {
    @Override
    public String toString() {
        return where + ": " + what;
    }
}
