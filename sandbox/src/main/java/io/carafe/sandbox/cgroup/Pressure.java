package io.carafe.sandbox.cgroup;

import java.time.Duration;

/// How long processes waited for a resource: kernel documentation, accounting/psi. It is measured per group on cgroup
/// v2 only.
///
/// @param some at least one of them waited
/// @param full all of them did that had anything to do
public record Pressure(Share some, Share full) {
    /// What a kernel says that measures none.
    public static final Pressure NONE = new Pressure(Share.NONE, Share.NONE);

    /// A part of the time.
    ///
    /// @param avg10  percent of the last 10 seconds
    /// @param avg60  percent of the last 60 seconds
    /// @param avg300 percent of the last 300 seconds
    /// @param total  since the group was made
    public record Share(double avg10, double avg60, double avg300, Duration total) {
        static final Share NONE = new Share(0, 0, 0, Duration.ZERO);
    }

    /// Whether anything was read: a group that has pressure files and never waited has it too.
    ///
    /// @param text of a file `cpu.pressure`, `memory.pressure` or `io.pressure`, "" for none
    static Pressure of(String text) {
        return new Pressure(share(text, "some"), share(text, "full"));
    }

    /// `some avg10=0.00 avg60=0.00 avg300=0.00 total=0`
    private static Share share(String text, String kind) {
        for (String line : text.split("\n")) {
            if (line.startsWith(kind + " ")) {
                return new Share(
                        number(line, "avg10"), number(line, "avg60"), number(line, "avg300"), Duration.ofNanos((long)
                                (number(line, "total") * 1000)));
            }
        }
        return Share.NONE;
    }

    private static double number(String line, String name) {
        for (String word : line.split(" ")) {
            if (word.startsWith(name + "=") && word.matches("[a-z0-9]+=[0-9]{1,18}(\\.[0-9]{1,6})?")) {
                return Double.parseDouble(word.substring(name.length() + 1));
            }
        }
        return 0;
    }
}
