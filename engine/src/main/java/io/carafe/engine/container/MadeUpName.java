package io.carafe.engine.container;

import java.util.List;

/// A name for a container that got none: of its id, so that nothing has to be drawn by lot twice.
final class MadeUpName {
    private static final List<String> FIRST = List.of(
            "amber", "bold", "brave", "bright", "brisk", "calm", "clear", "clever", "copper", "cosy", "crisp", "deep",
            "eager", "early", "fair", "fine", "firm", "fond", "free", "fresh", "gentle", "glad", "golden", "good",
            "grand", "green", "happy", "hardy", "honest", "jolly", "keen", "kind", "light", "lively", "loyal", "lucky",
            "merry", "mild", "neat", "noble", "patient", "plain", "polite", "proud", "quick", "quiet", "ready", "ripe",
            "round", "silent", "silver", "simple", "smart", "smooth", "sober", "solid", "steady", "still", "strong",
            "sunny", "swift", "tidy", "warm", "wise");
    private static final List<String> SECOND = List.of(
            "barrel",
            "basin",
            "beaker",
            "bottle",
            "bowl",
            "box",
            "bucket",
            "cask",
            "cauldron",
            "chalice",
            "cup",
            "decanter",
            "dish",
            "ewer",
            "firkin",
            "flagon",
            "flask",
            "funnel",
            "goblet",
            "gourd",
            "hamper",
            "hogshead",
            "jar",
            "jug",
            "keg",
            "kettle",
            "ladle",
            "magnum",
            "mug",
            "pail",
            "pan",
            "phial",
            "pipette",
            "pitcher",
            "pot",
            "punnet",
            "quaich",
            "retort",
            "rummer",
            "samovar",
            "schooner",
            "shaker",
            "siphon",
            "skillet",
            "snifter",
            "spoon",
            "stein",
            "still",
            "tankard",
            "teapot",
            "thermos",
            "tray",
            "trough",
            "tub",
            "tumbler",
            "tun",
            "urn",
            "vase",
            "vat",
            "vessel",
            "vial",
            "wineskin",
            "wok",
            "yard");

    private MadeUpName() {}

    /// @param id   of hexadecimal digits
    /// @param turn 0 for the first try
    static String of(String id, int turn) {
        int lot = Integer.parseInt(id.substring(0, 6), 16);
        String name = FIRST.get(lot % FIRST.size()) + "_" + SECOND.get(lot / FIRST.size() % SECOND.size());
        return turn == 0 ? name : name + "_" + id.substring(6, 6 + Math.min(turn + 2, 16));
    }
}
