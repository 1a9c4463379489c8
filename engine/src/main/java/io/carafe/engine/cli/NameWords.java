package io.carafe.engine.cli;

/// What is said of names and addresses: `--add-host`, `--dns` and the like. Each throws
/// IllegalArgumentException with what is wrong.
final class NameWords {
    private static final int NAME_MAX = 253; // RFC 1035

    private NameWords() {}

    /// A line of `/etc/hosts` from `NAME:IP` or `NAME=IP`.
    static String host(String word) {
        int equals = word.indexOf('=');
        int split = equals >= 0 ? equals : word.indexOf(':');
        if (split <= 0) {
            throw new IllegalArgumentException("write it as NAME:IP");
        }
        String name = word(word.substring(0, split));
        String address = word.substring(split + 1);
        if (address.equals("host-gateway")) {
            return address + "\t" + name; // which that is, the network decides
        }
        if (address.startsWith("[") && address.endsWith("]")) {
            address = address.substring(1, address.length() - 1);
        }
        return address(address) + "\t" + name;
    }

    /// An address of IPv4 or IPv6, which is never looked up.
    static String address(String word) {
        int zone = word.indexOf('%');
        String address = zone < 0 ? word : word.substring(0, zone);
        if (zone >= 0) {
            word(word);
        }
        if (!isIPv4(address) && !isIPv6(address)) {
            throw new IllegalArgumentException("not an IP address: '" + word + "'");
        }
        return word;
    }

    /// What can stand in a line of words.
    static String word(String word) {
        boolean odd = word.isEmpty() || word.length() > NAME_MAX || word.startsWith("#");
        for (int i = 0; i < word.length(); i++) {
            odd |= word.charAt(i) <= ' ' || word.charAt(i) == 0x7f;
        }
        if (odd) {
            throw new IllegalArgumentException("not a name of 1 to " + NAME_MAX + " characters without blanks");
        }
        return word;
    }

    private static boolean isIPv4(String address) {
        String[] parts = address.split("\\.", -1);
        for (String part : parts) {
            boolean digits = part.chars().allMatch(c -> c >= '0' && c <= '9');
            if (!digits
                    || part.isEmpty()
                    || part.length() > 3
                    || (part.length() > 1 && part.startsWith("0"))
                    || Integer.parseInt(part) > 255) {
                return false;
            }
        }
        return parts.length == 4;
    }

    /// RFC 4291, section 2.2.
    private static boolean isIPv6(String address) {
        int gap = address.indexOf("::");
        if (gap < 0) {
            return groups(address, true) == 8;
        }
        int before = groups(address.substring(0, gap), false);
        int after = groups(address.substring(gap + 2), true);
        return before >= 0 && after >= 0 && before + after <= 7;
    }

    /// How many groups of 16 bits, or -1.
    private static int groups(String text, boolean last) {
        if (text.isEmpty()) {
            return 0;
        }
        int count = 0;
        String[] parts = text.split(":", -1);
        for (int i = 0; i < parts.length; i++) {
            if (last && i == parts.length - 1 && isIPv4(parts[i])) {
                count += 2;
            } else if (parts[i].matches("[0-9a-fA-F]{1,4}")) {
                count++;
            } else {
                return -1;
            }
        }
        return count;
    }
}
