package io.carafe.engine.image;

/// What an archive of images is for.
public enum ArchiveForm {
    /// For everybody: what Docker reads, of any version, and an OCI layout.
    DOCKER,
    /// An OCI layout, and nothing else.
    OCI
}
