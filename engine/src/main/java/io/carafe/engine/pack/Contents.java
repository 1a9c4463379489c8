package io.carafe.engine.pack;

import java.util.List;

/// What an image of a program has in it.
///
/// @param items        in the order of their paths' bytes
/// @param entrypoint   what starts the program
/// @param environment  `NAME=VALUE`
/// @param architecture as an image's config has it; "" if no file says
/// @param openers      files that may load libraries which nobody knows of
/// @param notes        what whoever packs it should know; sentences
/// @param problems     why it would not run; nothing should be made of it unless this is empty
public record Contents(
        List<Item> items,
        List<String> entrypoint,
        List<String> environment,
        String architecture,
        List<String> openers,
        List<String> notes,
        List<String> problems) {
    public Contents {
        items = List.copyOf(items);
        entrypoint = List.copyOf(entrypoint);
        environment = List.copyOf(environment);
        openers = List.copyOf(openers);
        notes = List.copyOf(notes);
        problems = List.copyOf(problems);
    }
}
