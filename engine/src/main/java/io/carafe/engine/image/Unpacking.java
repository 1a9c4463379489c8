package io.carafe.engine.image;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.layer.Bounds;
import io.carafe.engine.layer.Layers;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Unpacks the layers of an image whose blobs are here.
public final class Unpacking {
    private static final int AT_ONCE = 2; // each of them keeps more than one processor busy

    private Unpacking() {}

    /// Unpacks what isn't yet.
    ///
    /// @throws EngineException if a layer isn't what it should be
    public static void unpack(Image image, Blobs blobs, Layers layers) {
        List<ImageLayer> missing = image.layers().stream()
                .filter(layer -> layers.find(layer.diffId()).isEmpty())
                .toList();
        try (var threads = Executors.newFixedThreadPool(
                AT_ONCE, Thread.ofPlatform().daemon().name("carafe-unpack-", 0).factory())) {
            var running = new ArrayList<Future<?>>();
            for (ImageLayer layer : missing) {
                running.add(threads.submit(() -> unpack(layer, blobs, layers)));
            }
            for (Future<?> each : running) {
                await(each);
            }
        }
    }

    private static void unpack(ImageLayer layer, Blobs blobs, Layers layers) {
        try (InputStream blob = blobs.read(layer.blob().digest())) {
            layers.unpack(layer.diffId(), blob, Bounds.DEFAULT);
        } catch (IOException e) {
            throw new EngineException.Failed("unpack layer " + layer.diffId(), e);
        }
    }

    private static void await(Future<?> running) {
        try {
            running.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof EngineException known ? known : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
    }
}
