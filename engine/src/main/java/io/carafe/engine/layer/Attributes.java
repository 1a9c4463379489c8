package io.carafe.engine.layer;

/// Which extended attributes (xattr(7)) an image may set, and which it takes along. Not those that a host's security
/// module, its overlayfs or its integrity checks believe.
final class Attributes {
    static final ByteString DEFAULT_ACCESS = ByteString.of("system.posix_acl_default");
    private static final ByteString ACCESS = ByteString.of("system.posix_acl_access");
    private static final ByteString CAPABILITY = ByteString.of("security.capability");
    private static final ByteString USER = ByteString.of("user.");
    private static final ByteString OVERLAY = ByteString.of("user.overlay.");

    private Attributes() {}

    static boolean isApplied(ByteString name) {
        return name.equals(CAPABILITY)
                || name.equals(ACCESS)
                || name.equals(DEFAULT_ACCESS)
                || (name.startsWith(USER) && !name.startsWith(OVERLAY));
    }
}
