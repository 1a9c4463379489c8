package io.carafe.engine.engine;

import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.spec.Spec;
import java.util.List;

/// What says what a box shall be.
public sealed interface Source permits Source.Options, Source.Config, Reproducible {
    /// A method and not a switch over the kinds: a pattern switch costs a cold JVM 5 ms.
    ///
    /// @param id        names what the box has on the host
    /// @param connector knows the networks
    /// @throws Refused with everything that is wrong
    Spec spec(Host machine, String id, Connector connector);

    /// Problems of the spec, in the words of whoever wrote this.
    List<Problem> named(List<Problem> problems);

    /// The group that the box's groups are made in, "" for each hierarchy's mount point.
    String cgroupParent();

    /// Options of a command line.
    ///
    /// @param reproducible whether the box's surroundings shall be the same everywhere
    static Source of(RunOptions options, boolean reproducible) {
        return reproducible ? new Reproducible(options) : new Options(options);
    }

    /// Options of a command line.
    record Options(RunOptions options) implements Source {
        @Override
        public Spec spec(Host machine, String id, Connector connector) {
            return BoxSpec.of(options, machine, id, connector);
        }

        @Override
        public String cgroupParent() {
            return options.control().cgroupParent();
        }

        @Override
        public List<Problem> named(List<Problem> problems) {
            return OptionNames.named(problems);
        }
    }

    /// A `config.json`, or the directory of one.
    ///
    /// @param path absolute
    record Config(String path) implements Source {
        @Override
        public Spec spec(Host machine, String id, Connector connector) {
            return Bundle.spec(path, id);
        }

        @Override
        public String cgroupParent() {
            return "";
        }

        @Override
        public List<Problem> named(List<Problem> problems) {
            return problems;
        }
    }
}
