package io.carafe.engine.image;

import java.util.ArrayList;
import java.util.List;

/// Which manifests of an index suit a platform, the best first.
public final class PlatformChoice {
    private static final String ATTESTATION = "vnd.docker.reference.type"; // BuildKit's, in the clothes of an image

    private PlatformChoice() {}

    /// Those for exactly that platform come before those for less of it: a processor of a later version runs what is
    /// made for an earlier one. What doesn't say its platform isn't among them.
    public static List<Descriptor> of(List<Descriptor> manifests, Platform wanted) {
        var suitable = new ArrayList<Descriptor>();
        for (Descriptor manifest : manifests) {
            if (rank(manifest, wanted) >= 0) {
                suitable.add(manifest);
            }
        }
        suitable.sort((one, other) -> Integer.compare(rank(other, wanted), rank(one, wanted)));
        return suitable;
    }

    /// Whether it is an image of some platform, and nothing that is only filed beside images.
    public static boolean isImage(Descriptor manifest) {
        Platform platform = manifest.platform();
        boolean known = platform == null || !platform.os().equals("unknown");
        return known && !manifest.annotations().containsKey(ATTESTATION);
    }

    /// Higher is better; negative is unfit.
    private static int rank(Descriptor manifest, Platform wanted) {
        Platform platform = manifest.platform();
        if (platform == null
                || !isImage(manifest)
                || !platform.os().equals(wanted.os())
                || !platform.architecture().equals(wanted.architecture())) {
            return -1;
        }
        if (platform.variant().equals(wanted.variant())) {
            return Integer.MAX_VALUE;
        }
        int has = version(platform.variant());
        return has <= version(wanted.variant()) ? has : -1;
    }

    /// Of `v7` 7. None is the oldest that there is: of amd64 v1, of arm64 v8.
    private static int version(String variant) {
        if (variant.isEmpty()) {
            return 1;
        }
        boolean numbered = variant.length() == 2 && variant.charAt(0) == 'v' && Character.isDigit(variant.charAt(1));
        return numbered ? variant.charAt(1) - '0' : Integer.MAX_VALUE;
    }
}
