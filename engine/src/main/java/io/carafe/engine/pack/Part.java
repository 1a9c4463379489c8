package io.carafe.engine.pack;

import java.util.ArrayList;
import java.util.List;

/// What programs look for without naming it in a list: nobody can tell from a file that they will.
public sealed interface Part {
    /// All words, as the command line has them.
    List<String> WORDS = List.of("certificates", "locales", "names", "tmp", "zones");

    /// As the command line has it.
    String word();

    /// The authorities that TLS trusts.
    record Certificates() implements Part {
        @Override
        public String word() {
            return "certificates";
        }
    }

    /// What glibc looks up hosts, users, services and protocols by.
    record Names() implements Part {
        @Override
        public String word() {
            return "names";
        }
    }

    /// `/tmp` and `/var/tmp`.
    record Temporary() implements Part {
        @Override
        public String word() {
            return "tmp";
        }
    }

    /// Time zones.
    ///
    /// @param names empty for all
    record Zones(List<String> names) implements Part {
        public Zones {
            names = List.copyOf(names);
        }

        @Override
        public String word() {
            return "zones";
        }
    }

    /// Languages and character sets.
    ///
    /// @param names at least one; the first is the image's `LANG`
    record Locales(List<String> names) implements Part {
        public static final String USUAL = "C.UTF-8";

        public Locales {
            names = names.isEmpty() ? List.of(USUAL) : List.copyOf(names);
        }

        @Override
        public String word() {
            return "locales";
        }
    }

    /// Reads `names,zones=Europe/Berlin,Asia/Tokyo,certificates`: what is no word of ours is one more value of the word
    /// before.
    ///
    /// @throws IllegalArgumentException if it can't be meant
    static List<Part> parse(String list) {
        var parts = new ArrayList<Part>();
        var values = new ArrayList<String>();
        String last = "";
        for (String item : list.split(",", -1)) {
            int equals = item.indexOf('=');
            String word = equals < 0 ? item : item.substring(0, equals);
            if (WORDS.contains(word)) {
                if (!last.isEmpty()) {
                    parts.add(of(last, values));
                }
                last = word;
                values.clear();
                if (equals >= 0) {
                    values.add(item.substring(equals + 1));
                }
            } else if (values.isEmpty() || item.isEmpty()) {
                throw new IllegalArgumentException("it is one or more of " + String.join(", ", WORDS));
            } else {
                values.add(item);
            }
        }
        parts.add(of(last, values));
        return parts;
    }

    private static Part of(String word, List<String> values) {
        boolean takesValues = word.equals("zones") || word.equals("locales");
        if (!takesValues && !values.isEmpty()) {
            throw new IllegalArgumentException(word + " takes no values");
        }
        for (String value : values) {
            if (value.isEmpty()
                    || value.startsWith("/")
                    || List.of(value.split("/", -1)).contains("..")) {
                throw new IllegalArgumentException("no name of " + word + ": '" + value + "'");
            }
        }
        return switch (word) {
            case "certificates" -> new Certificates();
            case "locales" -> new Locales(values);
            case "names" -> new Names();
            case "tmp" -> new Temporary();
            case "zones" -> new Zones(values);
            default -> throw new IllegalArgumentException("it is one or more of " + String.join(", ", WORDS));
        };
    }
}
