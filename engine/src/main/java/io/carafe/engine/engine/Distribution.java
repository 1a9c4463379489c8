package io.carafe.engine.engine;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.image.Descriptor;
import io.carafe.engine.image.Images;
import io.carafe.engine.image.Manifest;
import io.carafe.engine.image.MediaTypes;
import io.carafe.engine.image.Reference;
import io.carafe.engine.layer.Layers;
import io.carafe.engine.registry.Credential;
import io.carafe.engine.registry.DockerConfig;
import io.carafe.engine.registry.Fetched;
import io.carafe.engine.registry.Found;
import io.carafe.engine.registry.Kept;
import io.carafe.engine.registry.Registry;
import io.carafe.engine.registry.RegistryFault;
import io.carafe.engine.store.DataRoot;
import io.carafe.engine.store.Digest;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What is done with registries, for one command of one caller. Close it when the command is through.
public final class Distribution implements AutoCloseable {
    private final Registry registry;
    private final Map<String, String> environment;
    private final DataRoot root;
    private final Images images;
    private final Layers layers;

    Distribution(Registry registry, Map<String, String> environment, DataRoot root, Images images, Layers layers) {
        this.registry = registry;
        this.environment = environment;
        this.root = root;
        this.images = images;
        this.layers = layers;
    }

    public Pull pull() {
        return new Pull(registry, root, images, layers);
    }

    public Push push() {
        return new Push(registry, root, images);
    }

    /// Makes an index of several images, and keeps it.
    public Compose compose() {
        return new Compose(pull(), root, images);
    }

    /// A manifest or an index of a registry, without what it points to.
    ///
    /// @throws EngineException if it can't be had
    public Fetched manifest(Reference name) {
        String what = name.pinned().map(Digest::toString).orElse(name.tag());
        try {
            return registry.sources(name.registry(), name.repository())
                    .manifest(what)
                    .manifest();
        } catch (IOException e) {
            throw failed("read the manifest of " + name.familiar(), e);
        }
    }

    /// The bytes of an index that is here, or else of what the registry has.
    public byte[] anyManifest(Reference name) {
        var here = images.resolve(name).filter(it -> MediaTypes.isIndex(it.mediaType()));
        if (here.isEmpty()) {
            return manifest(name).bytes();
        }
        try {
            return images.blobs().bytes(here.get().digest(), Manifest.SIZE_MAX);
        } catch (IOException e) {
            throw failed("read the index " + name.familiar(), e);
        }
    }

    /// What refers to an image in its registry: signatures, lists of what is in it, and the like.
    public List<Descriptor> referrers(Reference name) {
        try {
            Digest digest =
                    name.pinned().orElseGet(() -> manifest(name).descriptor().digest());
            return registry.repository(name.registry(), name.repository()).referrers(digest);
        } catch (IOException e) {
            throw failed("list what refers to " + name.familiar(), e);
        }
    }

    public Set<String> tags(Reference name) {
        try {
            return registry.repository(name.registry(), name.repository()).tags();
        } catch (IOException e) {
            throw failed("list the tags of " + name.familiar(), e);
        }
    }

    /// Repositories of a registry whose name contains a word.
    ///
    /// @param most of them
    public List<Found> search(String server, String word, int most) {
        try {
            return registry.search(server, word, most);
        } catch (RegistryFault e) {
            if (e.isMissing() || e.status() == 405) {
                throw new EngineException.Conflict(server + " can't be searched: it tells nobody what it has");
            }
            throw failed("search " + server, e);
        } catch (IOException e) {
            throw failed("search " + server, e);
        }
    }

    /// Sees whether a registry takes an account, and keeps it.
    ///
    /// @return where it is kept
    public Kept login(String server, String user, String secret) {
        var password = new Credential.Password(user, secret);
        try {
            registry.check(server, password);
            return DockerConfig.of(environment).login(server, password);
        } catch (IOException e) {
            throw failed("log in to " + server, e);
        }
    }

    /// Forgets an account.
    ///
    /// @return false if there was none
    public boolean logout(String server) {
        try {
            return DockerConfig.of(environment).logout(server);
        } catch (IOException e) {
            throw failed("log out of " + server, e);
        }
    }

    private static EngineException failed(String doing, IOException e) {
        return new EngineException.Failed(doing, e);
    }

    @Override
    public void close() {
        registry.close();
    }
}
