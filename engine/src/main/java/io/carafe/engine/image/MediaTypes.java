package io.carafe.engine.image;

/// What the parts of an image are, as descriptors and registries say (OCI image specification, media-types.md;
/// Docker's image manifest, version 2, schema 2).
public final class MediaTypes {
    public static final String INDEX = "application/vnd.oci.image.index.v1+json";
    public static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    public static final String CONFIG = "application/vnd.oci.image.config.v1+json";
    public static final String LAYER = "application/vnd.oci.image.layer.v1.tar";
    public static final String LAYER_GZIP = LAYER + "+gzip";
    public static final String LAYER_ZSTD = LAYER + "+zstd";
    public static final String EMPTY = "application/vnd.oci.empty.v1+json";

    public static final String DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
    public static final String DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
    public static final String DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";
    public static final String DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar";
    public static final String DOCKER_LAYER_GZIP = DOCKER_LAYER + ".gzip";
    public static final String DOCKER_LAYER_ZSTD = DOCKER_LAYER + ".zstd";

    private MediaTypes() {}

    /// Manifests of several platforms.
    public static boolean isIndex(String type) {
        return type.equals(INDEX) || type.equals(DOCKER_LIST);
    }

    /// One image, or an artifact.
    public static boolean isManifest(String type) {
        return type.equals(MANIFEST) || type.equals(DOCKER_MANIFEST);
    }

    /// Files to unpack.
    public static boolean isLayer(String type) {
        return switch (type) {
            case LAYER, LAYER_GZIP, LAYER_ZSTD, DOCKER_LAYER, DOCKER_LAYER_GZIP, DOCKER_LAYER_ZSTD -> true;
            default -> false;
        };
    }
}
