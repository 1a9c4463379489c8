package io.carafe.engine.engine;

import io.carafe.engine.secret.SecretName;
import io.carafe.engine.secret.Secrets;
import io.carafe.sandbox.plan.Confidential;
import io.carafe.sandbox.spec.Spec.Mount;
import java.util.ArrayList;
import java.util.Arrays;

/// Secrets in what was asked for: mounts of the type [#TYPE], whose source is a name. Here they get their values.
final class SecretMounts {
    static final String TYPE = "secret";

    private SecretMounts() {}

    static boolean has(RunOptions options) {
        for (Mount mount : options.mounts()) {
            if (mount.type().equals(TYPE)) {
                return true;
            }
        }
        return false;
    }

    /// @throws io.carafe.engine.error.EngineException if there is none of a name, or it can't be opened
    static RunOptions revealed(RunOptions options, Secrets secrets) {
        var mounts = new ArrayList<Mount>();
        for (Mount mount : options.mounts()) {
            mounts.add(mount.type().equals(TYPE) ? revealed(mount, secrets) : mount);
        }
        return options.with(mounts, options.files());
    }

    private static Mount revealed(Mount mount, Secrets secrets) {
        byte[] value = secrets.value(new SecretName(mount.source()));
        Mount known = mount.of(new Confidential(value));
        Arrays.fill(value, (byte) 0);
        return known;
    }
}
