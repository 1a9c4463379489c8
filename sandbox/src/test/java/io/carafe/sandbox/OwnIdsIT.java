// SPDX-License-Identifier: Apache-2.0
package io.carafe.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Needs root.
class OwnIdsIT {
    @Test
    void whatIsGivenBackTwiceIsNotTakenFromWhoHasItNext(@TempDir Path runtime) throws Exception {
        var ids = new OwnIds(runtime.resolve("run"));
        OwnIds.Lease first = ids.take();
        first.giveBack();
        OwnIds.Lease second = ids.take();
        assertThat(second.mapping()).isEqualTo(first.mapping());

        first.giveBack();

        assertThat(ids.take().mapping()).isNotEqualTo(second.mapping());
    }
}
