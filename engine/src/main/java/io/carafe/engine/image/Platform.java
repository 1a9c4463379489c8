package io.carafe.engine.image;

import java.util.regex.Pattern;

/// What an image's programs are made for, as Go names it (OCI image specification, image-index.md, "platform").
///
/// @param os           `linux`
/// @param architecture `amd64`, `arm64`, …
/// @param variant      `v7` of `arm`; "" if there is none
public record Platform(String os, String architecture, String variant) {
    private static final Pattern WORD = Pattern.compile("(?:[A-Za-z0-9][A-Za-z0-9_.-]{0,63})?");

    public Platform {
        if (os.isEmpty() || architecture.isEmpty() || !isWord(os) || !isWord(architecture) || !isWord(variant)) {
            throw new IllegalArgumentException("not a platform, as linux/arm64/v8: " + os + "/" + architecture
                    + (variant.isEmpty() ? "" : "/" + variant));
        }
        if (architecture.equals("arm64") && variant.equals("v8")) {
            variant = ""; // there is no other
        }
    }

    private static boolean isWord(String text) {
        return WORD.matcher(text).matches();
    }

    /// `OS/ARCH[/VARIANT]`, or an architecture alone, by any name that is in use.
    ///
    /// @throws IllegalArgumentException if it is none
    public static Platform of(String text) {
        String[] words = text.split("/", -1);
        return switch (words.length) {
            case 1 -> of("linux", words[0], "");
            case 2 -> of(words[0], words[1], "");
            case 3 -> of(words[0], words[1], words[2]);
            default -> throw new IllegalArgumentException("not a platform, as linux/arm64/v8: " + text);
        };
    }

    /// What this machine's programs are made for.
    public static Platform ofThisMachine() {
        return of(System.getProperty("os.arch"));
    }

    /// The kernel's and Debian's names for architectures mean Go's.
    private static Platform of(String os, String architecture, String variant) {
        return switch (architecture) {
            case "x86_64", "x86-64" -> new Platform(os, "amd64", variant);
            case "aarch64" -> new Platform(os, "arm64", variant);
            case "i386", "i686", "x86" -> new Platform(os, "386", variant);
            case "armhf", "arm" -> new Platform(os, "arm", variant.isEmpty() ? "v7" : variant);
            case "armel" -> new Platform(os, "arm", variant.isEmpty() ? "v5" : variant);
            case "ppc64el" -> new Platform(os, "ppc64le", variant);
            default -> new Platform(os, architecture, variant);
        };
    }

    @Override
    public String toString() {
        return os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant);
    }
}
