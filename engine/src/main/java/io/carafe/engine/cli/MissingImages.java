package io.carafe.engine.cli;

import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.engine.Distribution;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.ImageRequest;
import io.carafe.engine.engine.Pull.Platforms;
import io.carafe.engine.engine.Pulled;
import java.util.function.Consumer;

/// Fetches images that a box is to be made of. What is said meanwhile goes to standard error: standard output is the
/// program's.
final class MissingImages implements Consumer<ImageRequest> {
    private final Engine engine;
    private final Invocation caller;
    private final Replies replies;

    MissingImages(Engine engine, Invocation caller, Replies replies) {
        this.engine = engine;
        this.caller = caller;
        this.replies = replies;
    }

    @Override
    public void accept(ImageRequest request) {
        if (request.pull() == ImageRequest.Pull.MISSING) {
            replies.err("Unable to find image '" + request.reference().familiar() + "' locally\n");
        }
        Platforms platforms = request.platform() == null ? new Platforms.Own() : new Platforms.One(request.platform());
        try (Distribution distribution = engine.distribution(caller.environment(), caller.uid(), true);
                var lines = TransferLines.onError(caller, replies).start()) {
            Pulled pulled = distribution.pull().pull(request.reference(), platforms, lines, replies::isHeard);
            if (!pulled.note().isEmpty()) {
                replies.err("carafe: " + pulled.note() + "\n");
            }
        }
    }
}
