package io.carafe.sandbox.spec;

import java.math.BigInteger;
import java.util.HexFormat;

/// An internet address, of either version.
///
/// @param hex its 4 or 16 bytes, in lower-case hexadecimal digits
public record IpAddress(String hex) implements Comparable<IpAddress> {
    private static final int GROUPS = 8;

    public IpAddress {
        boolean digits = hex.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
        if (!digits || (hex.length() != 8 && hex.length() != 32)) {
            throw new IllegalArgumentException("an address of " + hex.length() / 2 + " bytes");
        }
    }

    /// Of its usual text: RFC 4291, section 2.2, or four decimal numbers.
    ///
    /// @throws IllegalArgumentException if it is none
    public static IpAddress of(String text) {
        return new IpAddress(text.contains(":") ? six(text) : four(text, text));
    }

    private static String four(String part, String text) {
        String[] numbers = part.split("\\.", -1);
        var hex = new StringBuilder();
        for (String number : numbers) {
            boolean decimal = number.matches("0|[1-9][0-9]{0,2}"); // 010 is 8 to some, and 10 to others
            if (numbers.length != 4 || !decimal || Integer.parseInt(number) > 255) {
                throw new IllegalArgumentException(text + " is not an IP address");
            }
            hex.append(HexFormat.of().toHexDigits((byte) Integer.parseInt(number)));
        }
        return hex.toString();
    }

    private static String six(String text) {
        int gap = text.indexOf("::");
        String head = groups(gap < 0 ? text : text.substring(0, gap), text);
        String tail = gap < 0 ? "" : groups(text.substring(gap + 2), text);
        int missing = 4 * GROUPS - head.length() - tail.length();
        if (gap < 0 ? missing != 0 : missing < 4) {
            throw new IllegalArgumentException(text + " is not an IP address");
        }
        return head + "0".repeat(missing) + tail;
    }

    private static String groups(String part, String text) {
        var hex = new StringBuilder();
        for (String group : part.isEmpty() ? new String[0] : part.split(":", -1)) {
            if (group.contains(".")) {
                hex.append(four(group, text));
            } else if (group.matches("[0-9a-fA-F]{1,4}")) {
                hex.append(HexFormat.of().toHexDigits((short) Integer.parseInt(group, 16)));
            } else {
                throw new IllegalArgumentException(text + " is not an IP address");
            }
        }
        if (hex.length() > 4 * GROUPS) {
            throw new IllegalArgumentException(text + " is not an IP address");
        }
        return hex.toString();
    }

    static IpAddress of(BigInteger number, int bits) {
        String digits = number.toString(16);
        return new IpAddress("0".repeat(bits / 4 - digits.length()) + digits);
    }

    BigInteger number() {
        return new BigInteger(hex, 16);
    }

    /// Whether it is of version 6.
    public boolean isSix() {
        return hex.length() == 32;
    }

    /// How many bits it has.
    public int bits() {
        return 4 * hex.length();
    }

    /// Whether it stands for all addresses of the machine: `0.0.0.0`, `::`.
    public boolean isAny() {
        return hex.chars().allMatch(c -> c == '0');
    }

    /// Whether it is the machine's own, and nobody else's.
    public boolean isLoopback() {
        return isSix() ? hex.equals("0".repeat(31) + "1") : hex.startsWith("7f");
    }

    /// In network byte order.
    public byte[] bytes() {
        return HexFormat.of().parseHex(hex);
    }

    /// By value, within a version.
    @Override
    public int compareTo(IpAddress other) {
        return hex.length() == other.hex.length()
                ? hex.compareTo(other.hex)
                : Integer.compare(hex.length(), other.hex.length());
    }

    /// As RFC 5952 wants it: the longest row of zero groups left out.
    @Override
    public String toString() {
        byte[] bytes = bytes();
        if (!isSix()) {
            return (bytes[0] & 255) + "." + (bytes[1] & 255) + "." + (bytes[2] & 255) + "." + (bytes[3] & 255);
        }
        int start = -1;
        int longest = 1;
        for (int i = 0; i < GROUPS; i++) {
            int end = i;
            while (end < GROUPS && group(end) == 0) {
                end++;
            }
            if (end - i > longest) {
                start = i;
                longest = end - i;
            }
        }
        return start < 0 ? words(0, GROUPS) : words(0, start) + "::" + words(start + longest, GROUPS);
    }

    private int group(int index) {
        return Integer.parseInt(hex.substring(4 * index, 4 * index + 4), 16);
    }

    private String words(int from, int to) {
        var words = new StringBuilder();
        for (int i = from; i < to; i++) {
            words.append(i == from ? "" : ":").append(Integer.toHexString(group(i)));
        }
        return words.toString();
    }
}
