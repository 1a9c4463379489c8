package io.carafe.sandbox.host;

/// Who a process is and what it may do, as `/proc/PID/status` has it. Capability sets are masks with one bit per
/// capability.
///
/// @param uid            effective user id
/// @param gid            effective group id
/// @param lastCapability the highest capability that the kernel knows
public record Privileges(
        int uid,
        int gid,
        long inheritable,
        long permitted,
        long effective,
        long bounding,
        long ambient,
        int lastCapability) {

    public boolean can(int capability) {
        return (effective >> capability & 1) == 1;
    }
}
