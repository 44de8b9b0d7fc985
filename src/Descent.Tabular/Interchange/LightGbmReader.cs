using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Descent.Tabular;

/// <summary>Reads the text of a LightGBM model, trusting nothing in it.</summary>
sealed class LightGbmReader(string file)
{
    internal BoostedTrees Read(string text)
    {
        var lines = new Lines(text);
        if (!lines.Next(out var first) || !first.SequenceEqual("tree")) throw Damage("the first line is not 'tree'");
        var header = Block(ref lines, out string? next);
        int outputs = Whole(Get(header, "num_tree_per_iteration"));
        long features = (long)Whole(Get(header, "max_feature_idx")) + 1;
        string[] names = Get(header, "feature_names").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (outputs < 1 || features < 1 || names.Length != features) throw Damage($"{names.Length} names for {features} features, and {outputs} trees an iteration");
        string objectiveText = header.GetValueOrDefault("objective", "");
        if (LightGbmObjectives.Read(objectiveText, outputs) is not var (objective, scale) || objective.Outputs != outputs)
            throw Damage($"the objective is '{objectiveText}' with {outputs} scores, which is not read");

        var blocks = new List<Dictionary<string, string>>();
        while (next is not null && next.StartsWith("Tree=", StringComparison.Ordinal)) blocks.Add(Block(ref lines, out next));
        if (next != "end of trees") throw Damage("the trees have no end");
        if (blocks.Count % outputs != 0) throw Damage($"{blocks.Count} trees are no whole iterations of {outputs}");
        if (header.ContainsKey("average_output") && blocks.Count > 0) scale /= blocks.Count / outputs;
        // Where zeros must be told apart trees grow; a model that would outgrow its file by far is refused.
        int room = Math.Max(4096, text.Length);
        var trees = blocks.Select((block, i) =>
        {
            var tree = new LightGbmTree(block, names.Length, why => Damage($"tree {i}: {why}")).Read(scale, room);
            room -= tree.Nodes;
            return tree;
        }).ToImmutableArray();
        return new()
        {
            Schema = Schema(names, header.GetValueOrDefault("feature_infos", ""), lines.Rest()),
            Objective = objective,
            BaseScore = Neutral(objective),
            Trees = trees,
            Groups = [.. Enumerable.Range(0, trees.Length).Select(t => t % outputs)],
        };
    }

    /// <summary>The prediction that scores of 0 stand for.</summary>
    static float Neutral(BoostingObjective objective) => objective is LogisticObjective ? 0.5f : objective is LogObjective ? 1 : 0;

    /// <summary>Lines of <c>key=value</c> up to a line that begins or ends a tree.</summary>
    static Dictionary<string, string> Block(ref Lines lines, out string? next)
    {
        var block = new Dictionary<string, string>(StringComparer.Ordinal);
        while (lines.Next(out var line))
        {
            if (line.StartsWith("Tree=") || line.SequenceEqual("end of trees"))
            {
                next = line.ToString();
                return block;
            }
            int equals = line.IndexOf('=');
            if (equals >= 0) block[line[..equals].ToString()] = line[(equals + 1)..].ToString();
            else if (!line.IsEmpty) block[line.ToString()] = "";
        }
        next = null;
        return block;
    }

    /// <summary>Features by name; the levels of categories where pandas had them and there are as many as features of categories.</summary>
    static FeatureSchema Schema(string[] names, string infos, ReadOnlySpan<char> rest)
    {
        const string Mark = "pandas_categorical:";
        string[] ranges = infos.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int[] categories = ranges.Length != names.Length ? [] : [.. Enumerable.Range(0, names.Length).Where(j => ranges[j][0] != '[' && ranges[j] != "none")];
        var levels = new ImmutableArray<string>[names.Length];
        Array.Fill(levels, []);
        int at = rest.IndexOf(Mark);
        if (at >= 0 && categories.Length > 0 && TextLists(rest[(at + Mark.Length)..]) is { } lists && lists.Length == categories.Length)
            for (int i = 0; i < lists.Length; i++) levels[categories[i]] = lists[i];
        return new() { Features = [.. names.Select((name, j) => new Feature(name, levels[j]))] };
    }

    /// <summary>Lists of texts in JSON, or null of what is anything else.</summary>
    static ImmutableArray<string>[]? TextLists(ReadOnlySpan<char> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json.Trim().ToString());
            if (document.RootElement.ValueKind != JsonValueKind.Array) return null;
            ImmutableArray<string>[] lists = [.. document.RootElement.EnumerateArray().Select(list => list.EnumerateArray().Select(level => level.GetString()!).ToImmutableArray())];
            return lists.Any(list => list.Distinct().Count() != list.Length || list.Contains(null!)) ? null : lists;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    string Get(Dictionary<string, string> block, string key) => block.TryGetValue(key, out string? value) ? value : throw Damage($"'{key}' is missing");

    static int Whole(string value) => int.Parse(value, CultureInfo.InvariantCulture);

    InvalidDataException Damage(string what) => new($"{file}: {what}. Expected a model as LightGBM saves it.");

    ref struct Lines(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> _left = text;

        internal bool Next(out ReadOnlySpan<char> line)
        {
            line = default;
            if (_left.IsEmpty) return false;
            int end = _left.IndexOf('\n');
            line = (end < 0 ? _left : _left[..end]).TrimEnd('\r');
            _left = end < 0 ? default : _left[(end + 1)..];
            return true;
        }

        internal readonly ReadOnlySpan<char> Rest() => _left;
    }
}
