package io.carafe.engine.engine;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.volume.Volume;
import io.carafe.engine.volume.VolumeName;
import io.carafe.engine.volume.Volumes;
import io.carafe.sandbox.json.JsonWriter;
import io.carafe.sandbox.json.Problem;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What a caller can do with volumes, by name.
public final class VolumeStore {
    private static final String DRIVER = "local";

    private final Volumes volumes;

    VolumeStore(Volumes volumes) {
        this.volumes = volumes;
    }

    /// Makes one.
    ///
    /// @param name    "" for one that nobody has named
    /// @param options of the driver
    /// @return its name
    /// @throws Refused if there can be none such
    public String create(String name, Map<String, String> labels, Map<String, String> options) {
        boolean anonymous = name.isEmpty();
        try {
            VolumeName known = anonymous ? VolumeMounts.randomName() : new VolumeName(name);
            return volumes.create(known, labels, options, anonymous).name().text();
        } catch (IllegalArgumentException e) {
            throw new Refused(List.of(new Problem("volume", String.valueOf(e.getMessage()))));
        }
    }

    /// Those that filters let through.
    public List<VolumeRow> list(List<String> filters) {
        var passing = new VolumeFilters(filters);
        var rows = new ArrayList<VolumeRow>();
        for (Volume volume : volumes.all()) {
            if (passing.pass(volume, it -> !volumes.users(it).isEmpty())) {
                var labels = new ArrayList<String>();
                volume.labels().forEach((key, value) -> labels.add(key + "=" + value));
                rows.add(new VolumeRow(
                        DRIVER,
                        volume.name().text(),
                        String.join(",", labels),
                        volume.files().toString(),
                        DRIVER,
                        "N/A"));
            }
        }
        return rows;
    }

    /// All that is known of one, as JSON in Docker's words.
    ///
    /// @throws EngineException.NotFound if there is none
    public String inspect(String name) {
        Volume volume = volumes.get(name(name));
        return new JsonWriter()
                .beginObject()
                .put("Name", volume.name().text())
                .put("Driver", DRIVER)
                .put("Mountpoint", volume.files().toString())
                .put("CreatedAt", volume.created())
                .put("Labels", volume.labels())
                .put("Options", volume.options())
                .put("Scope", DRIVER)
                .put("Anonymous", volume.anonymous())
                .endObject()
                .text();
    }

    /// Removes one.
    ///
    /// @throws EngineException.Conflict if somebody has it
    public void remove(String name) {
        volumes.remove(name(name));
    }

    /// Removes those of a container that is gone, as far as nobody else has them.
    ///
    /// @param made as its record has them
    public void discard(List<String> made) {
        made.forEach(name -> volumes.discard(new VolumeName(name)));
    }

    /// What is gone.
    ///
    /// @param bytes of its files
    public record Pruned(List<String> names, long bytes) {
        public Pruned {
            names = List.copyOf(names);
        }
    }

    /// Removes those that nobody has.
    ///
    /// @param named   also those that somebody has named
    /// @param filters as `--filter` has them
    public Pruned prune(boolean named, List<String> filters) {
        var passing = new VolumeFilters(filters);
        volumes.removeRests();
        var gone = new ArrayList<String>();
        long bytes = 0;
        for (Volume volume : volumes.all()) {
            boolean meant = volume.anonymous() || named || passing.all();
            if (meant && passing.pass(volume, it -> !volumes.users(it).isEmpty())) {
                long size = volumes.size(volume);
                if (isRemoved(volume)) {
                    gone.add(volume.name().text());
                    bytes += size;
                }
            }
        }
        return new Pruned(gone, bytes);
    }

    /// Somebody may take it, or remove it, before we do.
    private boolean isRemoved(Volume volume) {
        try {
            volumes.remove(volume.name());
            return true;
        } catch (EngineException.Conflict | EngineException.NotFound e) {
            return false;
        }
    }

    /// Writes its files to a tar file.
    public void export(String name, OutputStream out) {
        volumes.export(volumes.get(name(name)), new Unclosed(out));
    }

    /// Adds the files of a tar file.
    public void add(String name, InputStream in) {
        volumes.add(volumes.get(name(name)), in);
    }

    private static VolumeName name(String text) {
        try {
            return new VolumeName(text);
        } catch (IllegalArgumentException e) {
            throw new EngineException.NotFound("volume", text);
        }
    }
}
