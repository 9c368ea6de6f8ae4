"""LightGBM's trees as `src/regulations/ranking/trees.rs` reads them, for the scripts that learn some."""


def table(tree):
    """LightGBM's nested nodes as the arrays that `trees.rs` reads; parents come before their children."""
    out = {"feature": [], "threshold": [], "left": [], "right": [], "leaf": []}

    def add(node):
        if "leaf_value" in node:
            out["leaf"].append(float(f"{node['leaf_value']:.5g}"))
            return -len(out["leaf"])
        here = len(out["feature"])
        out["feature"].append(node["split_feature"])
        out["threshold"].append(float(f"{node['threshold']:.7g}"))
        out["left"].append(0)
        out["right"].append(0)
        out["left"][here] = add(node["left_child"])
        out["right"][here] = add(node["right_child"])
        return here

    add(tree["tree_structure"])
    return out
