package io.carafe.sandbox.spec;

import io.carafe.sandbox.json.Problem;
import java.util.ArrayList;

/// The resources that a running container shall have from now on: a JSON text like `linux.resources` of a
/// `config.json`. What it doesn't name stays as it is, and -1 takes a limit away.
public final class ResourcesJson {
    private ResourcesJson() {}

    /// What the text asks for.
    ///
    /// @throws InvalidSpec with all problems
    public static Resources read(String text) {
        var problems = new ArrayList<Problem>();
        Resources resources =
                ConfigResources.read(ConfigJson.whole(text, problems).object(), true);
        if (!problems.isEmpty()) {
            throw new InvalidSpec(problems);
        }
        return resources;
    }
}
