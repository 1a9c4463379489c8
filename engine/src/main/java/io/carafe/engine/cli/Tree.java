package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.LayerTree;
import io.carafe.engine.engine.LayerTree.Branch;
import java.util.List;

/// `carafe tree`
final class Tree implements Command {
    private final Engine engine;

    Tree(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "tree";
    }

    @Override
    public String operands() {
        return "[IMAGE...]";
    }

    @Override
    public String purpose() {
        return "Show which layers images share, and how much that saves";
    }

    @Override
    public List<Flag> flags() {
        return List.of();
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("All images", "carafe tree"),
                new Example("What two of them share", "carafe tree node:22 python:3"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        LayerTree tree =
                engine.images(invocation.environment(), invocation.uid()).tree(arguments.operands());
        var text = new StringBuilder();
        for (Branch branch : tree.branches()) {
            line(text, branch);
            above(text, "", branch);
        }
        text.append(many(tree.images(), "image")).append(", ").append(many(tree.layers(), "layer"));
        text.append(": ").append(Amount.size(tree.size())).append(", and ");
        text.append(Amount.size(tree.unshared())).append(" if nothing were shared\n");
        replies.out(text.toString());
        replies.exit(0);
    }

    private static void above(StringBuilder text, String margin, Branch branch) {
        for (int i = 0; i < branch.branches().size(); i++) {
            Branch next = branch.branches().get(i);
            boolean last = i + 1 == branch.branches().size();
            line(text.append(margin).append(last ? "└─ " : "├─ "), next);
            above(text, margin + (last ? "   " : "│  "), next);
        }
    }

    private static void line(StringBuilder text, Branch branch) {
        String names = branch.names().isEmpty() ? "(shared)" : String.join(", ", branch.names());
        text.append(names).append("   ").append(Amount.size(branch.size()));
        text.append(" in ").append(many(branch.layers(), "layer")).append('\n');
    }

    private static String many(int number, String thing) {
        return number + " " + thing + (number == 1 ? "" : "s");
    }
}
