package io.carafe.sandbox.host;

/// The running kernel.
///
/// @param release      `uname -r`, whole: `6.1.0-28-amd64`
/// @param major        6
/// @param minor        1
/// @param architecture `uname -m`: `x86_64`, `aarch64`
public record Kernel(String release, int major, int minor, String architecture) {

    /// Takes the two numbers that a release starts with.
    ///
    /// @throws IllegalArgumentException if it doesn't start so
    public static Kernel of(String release, String architecture) {
        int dot = release.indexOf('.');
        int end = dot + 1;
        while (end < release.length() && Character.isDigit(release.charAt(end))) {
            end++;
        }
        try {
            int major = Integer.parseInt(release.substring(0, Math.max(dot, 0)));
            int minor = Integer.parseInt(release.substring(dot + 1, end));
            return new Kernel(release, major, minor, architecture);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a kernel release: " + release, e);
        }
    }

    public boolean atLeast(int major, int minor) {
        return this.major > major || (this.major == major && this.minor >= minor);
    }
}
