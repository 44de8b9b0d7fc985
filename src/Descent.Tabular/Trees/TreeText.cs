using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Descent.Tabular;

/// <summary>Trees for people.</summary>
public static class TreeText
{
    extension(Tree tree)
    {
        /// <summary>The tree as indented lines, a question or a leaf each.</summary>
        /// <param name="schema">Names the features.</param>
        /// <param name="classes">Names the classes; none for numbers.</param>
        public string ToText(FeatureSchema schema, ImmutableArray<string> classes = default)
        {
            var text = new StringBuilder();
            var waiting = new Stack<(int Node, int Depth, string Lead)>([(0, 0, "")]);
            while (waiting.TryPop(out var item))
            {
                var (node, depth, lead) = item;
                if (lead.Length > 0) text.Append(' ', 4 * (depth - 1)).AppendLine(lead);
                if (tree.Left[node] < 0)
                {
                    text.Append(' ', 4 * depth).AppendLine(Saying(tree, node, classes));
                    continue;
                }
                var (yes, no) = Question(tree, node, schema);
                waiting.Push((tree.Right[node], depth + 1, no));
                waiting.Push((tree.Left[node], depth + 1, yes));
            }
            return text.ToString();
        }

        /// <summary>The tree as a drawing: a self-contained SVG document.</summary>
        /// <param name="schema">Names the features.</param>
        /// <param name="classes">Names the classes; none for numbers.</param>
        public string ToSvg(FeatureSchema schema, ImmutableArray<string> classes = default) => new TreeDrawing(tree, schema, classes).Draw();
    }

    /// <summary>What sends a row left, and what right.</summary>
    internal static (string Yes, string No) Question(Tree tree, int node, FeatureSchema schema)
    {
        var feature = schema.Features[tree.Feature[node]];
        string missing = " or missing", yes, no;
        if (tree.IsCategorical(node))
        {
            string levels = string.Join(", ", tree.LeftLevels[node].Select(l => l < feature.Levels.Length ? feature.Levels[l] : Number(l)));
            (yes, no) = ($"{feature.Name} in {{{levels}}}", $"{feature.Name} not in {{{levels}}}");
        }
        else if (double.IsPositiveInfinity(tree.Threshold[node])) return ($"{feature.Name} present", $"{feature.Name} missing");
        else (yes, no) = ($"{feature.Name} ≤ {Number(tree.Threshold[node])}", $"{feature.Name} > {Number(tree.Threshold[node])}");
        return tree.MissingLeft[node] ? (yes + missing, no) : (yes, no + missing);
    }

    internal static string Saying(Tree tree, int node, ImmutableArray<string> classes)
    {
        string rows = tree.Rows.IsEmpty ? $"cover {Number(tree.Cover[node])}" : $"{tree.Rows[node]} rows";
        if (classes.IsDefaultOrEmpty) return $"{Number(tree.Value(node)[0])} ({rows})";
        var weights = tree.Value(node);
        int best = System.Numerics.Tensors.TensorPrimitives.IndexOfMax(weights);
        double sum = System.Numerics.Tensors.TensorPrimitives.Sum(weights);
        return $"{classes[best]} {(weights[best] / sum).ToString("P0", CultureInfo.InvariantCulture)} ({rows})";
    }

    static string Number(double value) => value.ToString("G5", CultureInfo.InvariantCulture);
}
