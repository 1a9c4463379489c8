package io.carafe.engine.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;

/// Sizes and times as Docker's lists have them, for people.
final class Amount {
    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    private static final int DIGITS = 3;

    private Amount() {}

    /// `117MB`, `1.23GB`: three digits, and thousands, as disks are sold.
    static String size(long bytes) {
        int unit = 0;
        long rest = bytes;
        long scale = 1;
        while (rest >= 1000) {
            rest /= 1000;
            scale *= 1000;
            unit++;
        }
        int digits = unit == 0 ? 0 : DIGITS - Long.toString(rest).length();
        long tenth = (long) Math.pow(10, digits);
        long rounded = Math.round((double) bytes / scale * tenth);
        if (unit + 1 < UNITS.length && rounded >= 1000 * tenth) { // 999.9 kB is 1 MB
            return size(scale * 1000);
        }
        String text = Long.toString(rounded / tenth);
        String fraction = Long.toString(tenth + rounded % tenth).substring(1).replaceAll("0+$", "");
        return text + (fraction.isEmpty() ? "" : "." + fraction) + UNITS[unit];
    }

    /// `3 weeks ago`; `N/A` if the time is none.
    ///
    /// @param time RFC 3339
    static String since(String time, Instant now) {
        try {
            return words(Duration.between(Instant.parse(time), now)) + " ago";
        } catch (DateTimeException e) {
            return "N/A";
        }
    }

    /// `3 weeks`
    static String time(Duration time) {
        return words(time);
    }

    private static String words(Duration time) {
        long seconds = time.toSeconds();
        long hours = Math.round(seconds / 3600.0);
        if (seconds < 1) {
            return "Less than a second";
        } else if (seconds < 60) {
            return many(seconds, "second");
        } else if (seconds < 2 * 60) {
            return "About a minute";
        } else if (seconds < 60 * 60) {
            return many(seconds / 60, "minute");
        } else if (hours == 1) {
            return "About an hour";
        } else if (hours < 48) {
            return many(hours, "hour");
        } else if (hours < 24 * 7 * 2) {
            return many(hours / 24, "day");
        } else if (hours < 24 * 30 * 2) {
            return many(hours / 24 / 7, "week");
        } else if (hours < 24 * 365 * 2) {
            return many(hours / 24 / 30, "month");
        }
        return many(hours / 24 / 365, "year");
    }

    private static String many(long number, String unit) {
        return number + " " + unit + (number == 1 ? "" : "s");
    }
}
