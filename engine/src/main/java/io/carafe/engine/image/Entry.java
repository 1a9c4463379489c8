package io.carafe.engine.image;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// A line of the store's `index.json`: something that is kept, and mostly what it is called.
///
/// @param descriptor of an index or a manifest; the name is among its annotations
public record Entry(Descriptor descriptor) {
    private static final String NAME = "org.opencontainers.image.ref.name";

    static Entry of(Reference name, Descriptor descriptor) {
        var annotations = new LinkedHashMap<>(descriptor.annotations());
        annotations.put(NAME, name.toString());
        return new Entry(descriptor.with(annotations));
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

    boolean isCalled(Reference name) {
        return name.toString().equals(descriptor.annotations().get(NAME))
                || name().filter(name::equals).isPresent();
    }

    /// The same without a name.
    Entry nameless() {
        Map<String, String> annotations = new LinkedHashMap<>(descriptor.annotations());
        annotations.remove(NAME);
        return new Entry(descriptor.with(annotations));
    }
}
