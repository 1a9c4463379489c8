package io.carafe.engine.command;

import java.util.List;

/// One option of a command: [Arguments] knows it; help, the man page and the shells' completion show it.
///
/// @param letter its short form without the dash, "" for none
/// @param name   its long form without the dashes
/// @param value  what kind of value it takes, as help says it; "" for a switch
/// @param many   it can be given more than once
/// @param help   what it does; a line of help each
/// @param values what can be completed as its value
public record Flag(String letter, String name, String value, boolean many, String help, Values values) {

    /// What a value can be, as far as a shell can know.
    ///
    /// @param words all there are, or the ones worth knowing; one that ends in `=` wants something behind it
    public record Values(Kind kind, List<String> words) {
        public enum Kind {
            ANY,
            WORDS,
            FILE,
            DIRECTORY
        }

        private static final Values ANY = new Values(Kind.ANY, List.of());
    }

    public Flag(String letter, String name, String value, boolean many, String help) {
        this(letter, name, value, many, help, Values.ANY);
    }

    public static Flag toggle(String letter, String name, String help) {
        return new Flag(letter, name, "", false, help);
    }

    public static Flag one(String letter, String name, String value, String help) {
        return new Flag(letter, name, value, false, help);
    }

    public static Flag list(String letter, String name, String help) {
        return new Flag(letter, name, "list", true, help);
    }

    /// The same, whose value is one of these words.
    public Flag of(List<String> words) {
        return new Flag(letter, name, value, many, help, new Values(Values.Kind.WORDS, List.copyOf(words)));
    }

    public Flag of(String... words) {
        return of(List.of(words));
    }

    /// The same, whose value is, or begins with, the path of a file.
    public Flag ofFiles() {
        return new Flag(letter, name, value, many, help, new Values(Values.Kind.FILE, List.of()));
    }

    public Flag ofDirectories() {
        return new Flag(letter, name, value, many, help, new Values(Values.Kind.DIRECTORY, List.of()));
    }

    public boolean isSwitch() {
        return value.isEmpty();
    }

    /// As messages call it: `-e, --env`.
    @Override
    public String toString() {
        return letter.isEmpty() ? "--" + name : "-" + letter + ", --" + name;
    }
}
