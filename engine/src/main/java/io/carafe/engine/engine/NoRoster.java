package io.carafe.engine.engine;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.metric.Watched;
import java.util.List;

/// Nobody, until the engine has containers.
final class NoRoster implements Glass.Roster {
    @Override
    public List<Watched> all() {
        return List.of();
    }

    @Override
    public Watched find(String word) {
        throw new EngineException.NotFound("container", word);
    }
}
