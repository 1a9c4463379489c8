package io.carafe.engine.doctor;

/// What was found about one capability of the machine.
///
/// @param group  which part of the list it belongs to: `network`
/// @param name   its stable name: `link-veth`
/// @param detail what is there, what is lost, or why nobody can tell; a phrase, lower case, no full stop
/// @param fix    what helps, `""` if nothing has to be done
public record Finding(String group, String name, Status status, String detail, String fix) {

    /// How it stands.
    public enum Status {
        WORKS("works"),
        /// Something of it is lost: the detail says what.
        IN_PART("in part"),
        MISSING("missing"),
        /// It can't be tried by this caller.
        UNKNOWN("can't tell");

        private final String word;

        Status(String word) {
            this.word = word;
        }

        /// As it is printed.
        public String word() {
            return word;
        }
    }
}
