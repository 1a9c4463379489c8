package io.carafe.engine.engine;

import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.spec.Spec;

/// What says what a box shall be.
public sealed interface Source {
    /// A method and not a switch over the kinds: a pattern switch costs a cold JVM 5 ms.
    ///
    /// @param id names what the box has on the host
    /// @throws Refused with everything that is wrong
    Spec spec(Host machine, String id);

    /// Options of a command line.
    record Options(RunOptions options) implements Source {
        @Override
        public Spec spec(Host machine, String id) {
            return BoxSpec.of(options, machine, id);
        }
    }

    /// A `config.json`, or the directory of one.
    ///
    /// @param path absolute
    record Config(String path) implements Source {
        @Override
        public Spec spec(Host machine, String id) {
            return Bundle.spec(path, id);
        }
    }
}
