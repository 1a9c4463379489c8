package io.carafe.engine.runtime;

import io.carafe.sandbox.spec.ConfigJson;
import io.carafe.sandbox.spec.Spec;
import java.io.IOException;

/// How it is kept what a container is made of.
public interface Configuration {
    /// As a `config.json`.
    Configuration OCI = new Configuration() {
        @Override
        public String file() {
            return "config.json";
        }

        @Override
        public Spec read(String text, ContainerFile container) {
            return ConfigJson.read(text, container.bundle(), container.id());
        }
    };

    /// The name of the file.
    String file();

    /// What one says.
    ///
    /// @throws IOException if it isn't what we have written
    Spec read(String text, ContainerFile container) throws IOException;
}
