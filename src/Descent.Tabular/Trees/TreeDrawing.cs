using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;

namespace Descent.Tabular;

/// <summary>Draws a tree: leaves side by side, every other node above the middle of its children.</summary>
sealed class TreeDrawing(Tree tree, FeatureSchema schema, ImmutableArray<string> classes)
{
    const int Width = 186, Height = 46, Gap = 14, Row = 96, Margin = 16, LongestLine = 31;

    static readonly string[] s_colors = ["#9ecae1", "#fdae6b", "#a1d99b", "#bcbddc", "#fc9272", "#d9d9d9"];

    internal string Draw()
    {
        var (x, depth) = Place();
        int wide = (int)x.Max() + Width + Margin, high = depth.Max() * Row + Height + 2 * Margin;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {wide} {high}\" width=\"{wide}\" height=\"{high}\" role=\"img\" aria-label=\"Decision tree of {tree.Leaves} leaves\" font-family=\"sans-serif\" font-size=\"11\" style=\"background:#fff\">\n");
        foreach (int node in tree.Reachable())
        {
            if (tree.Left[node] < 0) continue;
            Line(svg, x, depth, node, tree.Left[node], "yes");
            Line(svg, x, depth, node, tree.Right[node], "no");
        }
        foreach (int node in tree.Reachable()) Box(svg, x[node], Margin + depth[node] * Row, node);
        return svg.Append("</svg>\n").ToString();
    }

    (double[] X, int[] Depth) Place()
    {
        double[] x = new double[tree.Nodes];
        int[] depth = new int[tree.Nodes], order = [.. tree.Reachable()];
        double next = Margin;
        foreach (int node in order)
        {
            if (tree.Left[node] >= 0) depth[tree.Left[node]] = depth[tree.Right[node]] = depth[node] + 1;
            else
            {
                x[node] = next;
                next += Width + Gap;
            }
        }
        foreach (int node in order.Reverse())
            if (tree.Left[node] >= 0) x[node] = (x[tree.Left[node]] + x[tree.Right[node]]) / 2;
        return (x, depth);
    }

    static void Line(StringBuilder svg, double[] x, int[] depth, int parent, int child, string label)
    {
        double x1 = x[parent] + Width / 2.0, x2 = x[child] + Width / 2.0;
        int y1 = Margin + depth[parent] * Row + Height, y2 = Margin + depth[child] * Row;
        svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{x1:0.#}\" y1=\"{y1}\" x2=\"{x2:0.#}\" y2=\"{y2}\" stroke=\"#888\"/>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{(x1 + x2) / 2:0.#}\" y=\"{(y1 + y2) / 2}\" fill=\"#555\" stroke=\"#fff\" stroke-width=\"4\" paint-order=\"stroke\" text-anchor=\"middle\">{label}</text>\n");
    }

    void Box(StringBuilder svg, double x, int y, int node)
    {
        bool isLeaf = tree.Left[node] < 0;
        string color = !isLeaf ? "#f7f7f7" : classes.IsDefaultOrEmpty ? s_colors[0] : s_colors[System.Numerics.Tensors.TensorPrimitives.IndexOfMax(tree.Value(node)) % s_colors.Length];
        svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{x:0.#}\" y=\"{y}\" width=\"{Width}\" height=\"{Height}\" rx=\"5\" fill=\"{color}\" stroke=\"#666\"/>\n");
        string[] lines = isLeaf ? [TreeText.Saying(tree, node, classes)] : [TreeText.Question(tree, node, schema).Yes, TreeText.Saying(tree, node, classes)];
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Length <= LongestLine ? lines[i] : string.Concat(lines[i].AsSpan(0, LongestLine - 1), "…");
            // The whole line shows where the pointer rests.
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x + Width / 2.0:0.#}\" y=\"{y + (lines.Length == 1 ? 27 : 19 + 16 * i)}\" text-anchor=\"middle\">{WebUtility.HtmlEncode(line)}<title>{WebUtility.HtmlEncode(lines[i])}</title></text>\n");
        }
    }
}
