package io.carafe.engine.cli;

/// One option of a command: [Arguments] knows it, help shows it.
///
/// @param letter its short form without the dash, "" for none
/// @param name   its long form without the dashes
/// @param value  what kind of value it takes, as help says it; "" for a switch
/// @param many   it can be given more than once
/// @param help   what it does; a line of help each
record Flag(String letter, String name, String value, boolean many, String help) {

    static Flag toggle(String letter, String name, String help) {
        return new Flag(letter, name, "", false, help);
    }

    static Flag one(String letter, String name, String value, String help) {
        return new Flag(letter, name, value, false, help);
    }

    static Flag list(String letter, String name, String help) {
        return new Flag(letter, name, "list", true, help);
    }

    boolean isSwitch() {
        return value.isEmpty();
    }

    /// As messages call it: `-e, --env`.
    @Override
    public String toString() {
        return letter.isEmpty() ? "--" + name : "-" + letter + ", --" + name;
    }
}
