package io.carafe.engine.image;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A line of the store's `index.json`: something that is kept, and mostly what it is called.
///
/// @param descriptor of an index or a manifest; the name is among its annotations
public record Entry(Descriptor descriptor) {
    static final String NAME = "org.opencontainers.image.ref.name";

    /// A new one. What a stranger's index says of it besides stays away: our own words stand in the same place.
    static Entry of(@Nullable Reference name, Descriptor descriptor, Optional<Summary> summary) {
        var annotations = new LinkedHashMap<String, String>();
        if (name != null) {
            annotations.put(NAME, name.toString());
        }
        summary.ifPresent(it -> it.write(annotations));
        return new Entry(new Descriptor(
                descriptor.mediaType(),
                descriptor.digest(),
                descriptor.size(),
                null,
                annotations,
                descriptor.artifactType()));
    }

    /// What lists show of it, if it was an image when it was named.
    Optional<Summary> summary() {
        return Summary.read(descriptor.annotations());
    }

    /// What it is called; nothing if another image has taken its name, or a stranger has called it what can be no
    /// image's name.
    public Optional<Reference> name() {
        String text = descriptor.annotations().getOrDefault(NAME, "");
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Reference.of(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// As people know it: its name, or else its digest.
    public String title() {
        return name().map(Reference::familiar).orElse(descriptor.digest().toString());
    }

    /// Whether that is its name. A list of 500 is looked through for one: hardly any name is taken apart.
    boolean isCalled(Reference name) {
        String text = descriptor.annotations().getOrDefault(NAME, "");
        String word = name.repository().substring(name.repository().lastIndexOf('/') + 1);
        return text.contains(word)
                && (text.equals(name.toString()) || name().filter(name::equals).isPresent());
    }

    /// The same without a name.
    Entry nameless() {
        Map<String, String> annotations = new LinkedHashMap<>(descriptor.annotations());
        annotations.remove(NAME);
        return new Entry(descriptor.with(annotations));
    }
}
