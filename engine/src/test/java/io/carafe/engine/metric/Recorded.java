package io.carafe.engine.metric;

import io.carafe.sandbox.cgroup.GroupFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Files of `/proc` and of control groups as a machine had them.
final class Recorded implements ProcFiles, GroupFiles {
    private final Map<String, String> files = new TreeMap<>();
    private final Map<String, String> links = new TreeMap<>();

    Recorded file(String path, String text) {
        files.put(path, text);
        return this;
    }

    Recorded link(String path, String target) {
        links.put(path, target);
        return this;
    }

    @Override
    public String text(String path, int most) {
        String text = text(path);
        return text.substring(0, Math.min(most, text.length()));
    }

    @Override
    public String text(String path) {
        return files.getOrDefault(path, "");
    }

    @Override
    public List<String> names(String directory) {
        String prefix = directory.endsWith("/") ? directory : directory + "/";
        var names = new ArrayList<String>();
        for (String path : links.keySet()) {
            if (path.startsWith(prefix) && path.indexOf('/', prefix.length()) < 0) {
                names.add(path.substring(prefix.length()));
            }
        }
        return names;
    }

    @Override
    public List<String> in(String group) {
        return List.of();
    }

    @Override
    public String link(String path) {
        return links.getOrDefault(path, "");
    }

    @Override
    public long size(String path) {
        return 0; // as before Linux 6.2
    }
}
