package io.carafe.engine.volume;

import java.util.List;

/// Who knows which containers have a volume, running or not. Of a box that runs the kernel knows it, by its lock.
public interface VolumeUsers {
    /// Their names; none if nobody has it.
    List<String> of(VolumeName volume);
}
