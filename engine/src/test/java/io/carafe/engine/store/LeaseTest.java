package io.carafe.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaseTest {
    @Test
    void nobodyCleansWhileSomebodyAdds(@TempDir Path directory) throws Exception {
        var root = new DataRoot(directory.resolve("data"));
        try (Lease one = Lease.adding(root, () -> true);
                Lease other = Lease.adding(root, () -> false)) {
            assertThat(one).isNotSameAs(other);
            assertThat(Lease.cleaning(root)).isEmpty();
        }
        try (Lease alone = Lease.cleaning(root).orElseThrow()) {
            assertThat(Lease.cleaning(root)).isEmpty();
            assertThat(alone).isNotNull();
        }
    }
}
