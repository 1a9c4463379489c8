package io.carafe.engine.cli;

import java.util.ArrayList;
import java.util.List;

/// A table as Docker prints it: columns as wide as their widest cell, three blanks between them.
final class Columns {
    private static final int GAP = 3;

    private final List<List<String>> rows = new ArrayList<>();

    Columns(String... heads) {
        row(heads);
    }

    Columns(List<String> heads) {
        rows.add(List.copyOf(heads));
    }

    Columns row(String... cells) {
        return row(List.of(cells));
    }

    Columns row(List<String> cells) {
        rows.add(List.copyOf(cells));
        return this;
    }

    String text() {
        var widths = new ArrayList<Integer>();
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                int width = row.get(i).length();
                if (i == widths.size()) {
                    widths.add(width);
                } else {
                    widths.set(i, Math.max(widths.get(i), width));
                }
            }
        }
        var text = new StringBuilder();
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                String cell = row.get(i);
                boolean last = i + 1 == row.size();
                text.append(cell).append(last ? "\n" : " ".repeat(widths.get(i) + GAP - cell.length()));
            }
        }
        return text.toString();
    }
}
