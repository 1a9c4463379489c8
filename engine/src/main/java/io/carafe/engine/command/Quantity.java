package io.carafe.engine.command;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;

/// Numbers with units, as people write them. All are read exactly: no floating point, no silent overflow.
public final class Quantity {
    private static final String UNITS = "bkmgt";
    private static final int DIGITS_MAX = 40;
    private static final int LONG_DIGITS = 18; // surely fit into a long

    private Quantity() {}

    /// `512`, `64m`, `1.5g`, `64MiB`: binary units, as with Docker.
    ///
    /// @throws IllegalArgumentException if it is no size
    public static long bytes(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        String bare = without(without(lower, "ib"), "b");
        int unit = bare.isEmpty() ? -1 : UNITS.indexOf(bare.charAt(bare.length() - 1));
        boolean pure = unit < 0 && !lower.endsWith("ib"); // "5ib" has no unit
        try {
            if (unit > 0) {
                return decimal(bare.substring(0, bare.length() - 1), 1L << (10 * unit));
            } else if (pure) {
                return decimal(bare, 1);
            }
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("too large a size: '" + text + "'", e);
        } catch (NumberFormatException e) {
            // no size either
        }
        throw new IllegalArgumentException("invalid size: '" + text + "'; write it as 64m or 1.5g");
    }

    /// `90` (seconds), `1.5s`, `1m30s`, `500ms`, `2h`.
    ///
    /// @throws IllegalArgumentException if it is no duration
    public static Duration duration(String text) {
        try {
            if (isDigit(text, text.length() - 1)) {
                return Duration.ofNanos(decimal(text, 1_000_000_000));
            }
            long nanos = 0;
            int at = 0;
            while (at < text.length()) {
                int number = at;
                while (isDigit(text, at) || (at < text.length() && text.charAt(at) == '.')) {
                    at++;
                }
                int unit = at;
                while (at < text.length() && Character.isLetter(text.charAt(at))) {
                    at++;
                }
                long length = nanos(text.substring(unit, at));
                nanos = Math.addExact(nanos, decimal(text.substring(number, unit), length));
            }
            if (at > 0) {
                return Duration.ofNanos(nanos);
            }
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("too long a time: '" + text + "'", e);
        } catch (NumberFormatException e) {
            // no duration either
        }
        throw new IllegalArgumentException("invalid duration: '" + text + "'; write it as 90, 1m30s or 500ms");
    }

    /// `1`, `0.5`: in billionths.
    ///
    /// @throws IllegalArgumentException if it is no such number
    public static long billionths(String text) {
        try {
            return decimal(text, 1_000_000_000);
        } catch (ArithmeticException | NumberFormatException e) {
            throw new IllegalArgumentException("invalid number: '" + text + "'; write it as 2 or 0.5", e);
        }
    }

    /// A whole number, perhaps negative.
    ///
    /// @throws IllegalArgumentException if it is none
    public static long whole(String text) {
        try {
            boolean negative = text.startsWith("-");
            long value = decimal(negative ? text.substring(1) : text, 1);
            if (text.indexOf('.') < 0) {
                return negative ? -value : value;
            }
        } catch (ArithmeticException | NumberFormatException e) {
            // told below
        }
        throw new IllegalArgumentException("invalid number: '" + text + "'");
    }

    private static long nanos(String unit) {
        return switch (unit) {
            case "ns" -> 1;
            case "us", "µs" -> 1_000;
            case "ms" -> 1_000_000;
            case "s" -> 1_000_000_000;
            case "m" -> 60_000_000_000L;
            case "h" -> 3_600_000_000_000L;
            default -> throw new NumberFormatException(unit);
        };
    }

    /// Digits, perhaps a point and more digits, times `unit`; what is smaller than one is dropped.
    private static long decimal(String text, long unit) {
        int point = text.indexOf('.');
        String whole = point < 0 ? text : text.substring(0, point);
        String fraction = point < 0 ? "" : text.substring(point + 1);
        if (whole.isEmpty() || (point >= 0 && fraction.isEmpty()) || text.length() > DIGITS_MAX) {
            throw new NumberFormatException(text);
        }
        for (int i = 0; i < text.length(); i++) {
            if (i != point && !isDigit(text, i)) { // BigDecimal would take signs and exponents
                throw new NumberFormatException(text);
            }
        }
        if (point < 0 && text.length() <= LONG_DIGITS) { // a cold JVM needs 6 ms for its first BigDecimal
            return Math.multiplyExact(Long.parseLong(text), unit);
        }
        return new BigDecimal(text)
                .multiply(BigDecimal.valueOf(unit))
                .setScale(0, RoundingMode.DOWN)
                .longValueExact();
    }

    private static boolean isDigit(String text, int at) {
        return at >= 0 && at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
    }

    private static String without(String text, String end) {
        return text.endsWith(end) ? text.substring(0, text.length() - end.length()) : text;
    }
}
