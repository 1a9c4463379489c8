package io.carafe.engine.oci;

import java.util.List;

/// Columns as wide as their widest word, as runc has them.
final class Table {
    private static final int WIDTH_MIN = 12;
    private static final int GAP = 3;

    private Table() {}

    static String of(List<List<String>> rows) {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(Math.max(widths[i], WIDTH_MIN), row.get(i).length() + GAP);
            }
        }
        var table = new StringBuilder();
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                String word = row.get(i);
                table.append(word).repeat(' ', i == columns - 1 ? 0 : widths[i] - word.length());
            }
            table.append('\n');
        }
        return table.toString();
    }
}
