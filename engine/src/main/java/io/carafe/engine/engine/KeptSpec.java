package io.carafe.engine.engine;

import io.carafe.engine.runtime.Configuration;
import io.carafe.engine.runtime.ContainerFile;
import io.carafe.engine.store.RecordText;
import io.carafe.sandbox.spec.Spec;
import java.io.IOException;

/// What a container of the engine's is made of, as the runtime keeps it: all of a [Spec], of which a `config.json`
/// has no words for some.
final class KeptSpec implements Configuration {
    @Override
    public String file() {
        return "spec.json";
    }

    @Override
    public Spec read(String text, ContainerFile container) throws IOException {
        return RecordText.read(text, Spec.class);
    }
}
