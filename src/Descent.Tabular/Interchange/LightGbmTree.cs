using System.Collections.Immutable;
using System.Globalization;

namespace Descent.Tabular;

/// <summary>One tree of a LightGBM model, as its text has it.</summary>
sealed class LightGbmTree
{
    /// <summary>What LightGBM takes for zero: 1e-35 as a float.</summary>
    const double Zero = 1.0000000180025095e-35;

    const int Categorical = 1, DefaultLeft = 2, MissingShift = 2, MissingIsZero = 1, MissingIsNaN = 2;

    readonly Func<string, InvalidDataException> _damage;
    readonly Dictionary<string, string> _block;
    readonly int _leaves;
    readonly int[] _left, _right, _feature, _decision, _leafCount, _innerCount, _boundaries;
    readonly uint[] _bits;
    readonly double[] _threshold, _leafValue, _innerValue, _gain;
    readonly List<int> _l = [], _r = [], _f = [], _rows = [];
    readonly List<double> _t = [], _v = [], _c = [], _g = [];
    readonly List<bool> _m = [];
    readonly List<ImmutableArray<int>> _levels = [];
    readonly LinearLeaf?[] _lines;
    readonly List<LinearLeaf?> _own = [];
    bool _hasLevels;

    /// <exception cref="InvalidDataException">It is damaged.</exception>
    internal LightGbmTree(Dictionary<string, string> block, int features, Func<string, InvalidDataException> damage)
    {
        (_block, _damage) = (block, damage);
        _leaves = Whole("num_leaves");
        if (_leaves < 1) throw damage($"it has {_leaves} leaves");
        int inner = _leaves - 1, categories = Whole("num_cat");
        _leafValue = List("leaf_value", _leaves, Real);
        _left = List("left_child", inner, Integer);
        _right = List("right_child", inner, Integer);
        _feature = List("split_feature", inner, Integer);
        _threshold = List("threshold", inner, Real);
        _decision = List("decision_type", inner, Integer, 0);
        _gain = List("split_gain", inner, Real, 0);
        _innerValue = List("internal_value", inner, Real, 0);
        _leafCount = List("leaf_count", _leaves, Integer, 1);
        _innerCount = List("internal_count", inner, Integer, 1);
        (_boundaries, _bits) = categories > 0 ? (List("cat_boundaries", categories + 1L, Integer), Numbers("cat_threshold", s => uint.Parse(s, CultureInfo.InvariantCulture))) : ([], []);
        for (int i = 0; i + 1 < _boundaries.Length; i++)
            if (_boundaries[i] < 0 || _boundaries[i + 1] < _boundaries[i] || _boundaries[i + 1] > _bits.Length) throw damage("the sets of categories lie outside their list");
        foreach (double value in _leafValue)
            if (!double.IsFinite(value)) throw damage($"a leaf says {value}");
        _lines = block.TryGetValue("is_linear", out string? linear) && linear.Trim() != "0" ? Lines(features) : [];
        bool[] isChild = new bool[inner], isLeafChild = new bool[_leaves];
        for (int node = 0; node < inner; node++)
        {
            if ((uint)_feature[node] >= (uint)features) throw damage($"node {node} asks for feature {_feature[node]} of {features}");
            if (double.IsNaN(_threshold[node])) throw damage($"node {node} splits at no number");
            if ((_decision[node] & Categorical) != 0 && !(_threshold[node] >= 0 && _threshold[node] < categories)) throw damage($"node {node} has the set {_threshold[node]} of {categories}");
            foreach (int child in (ReadOnlySpan<int>)[_left[node], _right[node]])
            {
                bool[] seen = child < 0 ? isLeafChild : isChild;
                int place = child < 0 ? ~child : child;
                // Nothing leads to the root, and to every other node one way, so that no way goes in a circle from the root.
                if (place >= seen.Length || (child == 0) || seen[place]) throw damage($"node {node} has the child {child}");
                seen[place] = true;
            }
        }
    }

    /// <param name="scale">Multiplies what the nodes say.</param>
    /// <param name="room">The greatest number of nodes.</param>
    /// <exception cref="InvalidDataException">It would have more nodes.</exception>
    internal Tree Read(double scale, int room)
    {
        var waiting = new Stack<(int Node, int Parent, bool IsLeft, Part Part)>();
        waiting.Push((_leaves == 1 ? ~0 : 0, -1, true, new(Others: true, Sign: 0)));
        while (waiting.TryPop(out var next))
        {
            if (_l.Count >= room) throw _damage("it grows beyond measure where zeros are missing values");
            int own = Add(next.Node, next.Part, scale);
            if (next.Parent >= 0) (next.IsLeft ? _l : _r)[next.Parent] = own;
            if (next.Node < 0) continue;
            var (left, right) = Split(next.Node, own, next.Part);
            waiting.Push((right.Node, own, false, right.Part));
            waiting.Push((left.Node, own, true, left.Part));
        }
        return new()
        {
            Outputs = 1,
            Left = [.. _l],
            Right = [.. _r],
            Feature = [.. _f],
            Threshold = [.. _t],
            MissingLeft = [.. _m],
            LeftLevels = _hasLevels ? [.. _levels] : [],
            Values = [.. _v],
            Cover = [.. _c],
            Rows = [.. _rows],
            Gain = [.. _g],
            LinearLeaves = _lines.Length > 0 ? [.. _own] : [],
        };
    }

    /// <summary>What leaves say that are linear; null of those that are not.</summary>
    LinearLeaf?[] Lines(int features)
    {
        double[] constants = List("leaf_const", _leaves, Real), coefficients = Numbers("leaf_coeff", Real);
        int[] counts = List("num_features", _leaves, Integer), all = Numbers("leaf_features", Integer);
        var lines = new LinearLeaf?[_leaves];
        int at = 0;
        for (int leaf = 0; leaf < lines.Length; leaf++)
        {
            if (counts[leaf] < 0 || counts[leaf] > all.Length - at || counts[leaf] > coefficients.Length - at || !double.IsFinite(constants[leaf])) throw _damage($"leaf {leaf} has {counts[leaf]} features");
            var own = all.AsSpan(at, counts[leaf]);
            foreach (int feature in own)
                if ((uint)feature >= (uint)features) throw _damage($"leaf {leaf} asks for feature {feature} of {features}");
            lines[leaf] = new(constants[leaf], [.. own], [.. coefficients.AsSpan(at, counts[leaf])]);
            at += counts[leaf];
        }
        return lines;
    }

    /// <summary>
    /// A place in the chain of nodes that one node becomes where zeros go another way than their neighbours.
    /// </summary>
    /// <param name="Others">Whether rows other than zeros come there by their own way, not by a copy of it.</param>
    /// <param name="Sign">0 at the threshold; −1 and 1 left and right of it, where what lies below zero is parted; ±2 where what lies above it is.</param>
    readonly record struct Part(bool Others, int Sign);

    int Add(int node, Part part, double scale)
    {
        bool isLeaf = node < 0;
        int place = isLeaf ? ~node : node, count = isLeaf ? _leafCount[place] : _innerCount[place];
        _l.Add(-1);
        _r.Add(-1);
        _f.Add(-2);
        _t.Add(-2);
        _m.Add(false);
        _levels.Add([]);
        _v.Add(scale * (isLeaf ? _leafValue[place] : _innerValue[place]));
        // Which of the rows had zeros is not told; the neighbours count for them.
        _c.Add(part.Others ? Math.Max(0, count) : 0);
        _rows.Add(part.Others ? Math.Max(0, count) : 0);
        _own.Add(isLeaf && _lines.Length > 0 && _lines[place] is { } line ? new(scale * line.Constant, line.Features, [.. line.Coefficients.Select(c => scale * c)]) : null);
        _g.Add(isLeaf || part.Sign != 0 ? 0 : _gain[place]);
        return _l.Count - 1;
    }

    ((int Node, Part Part) Left, (int Node, Part Part) Right) Split(int node, int own, Part part)
    {
        _f[own] = _feature[node];
        var below = new Part(part.Others, 0);
        var (left, right) = ((_left[node], below), (_right[node], below));
        int decision = _decision[node], missing = decision >> MissingShift & 3;
        bool defaultLeft = (decision & DefaultLeft) != 0;
        if ((decision & Categorical) != 0)
        {
            // What is missing goes right.
            int set = (int)_threshold[node];
            var levels = Levels(_bits.AsSpan(_boundaries[set].._boundaries[set + 1]));
            _levels[own] = levels;
            _t[own] = levels.IsEmpty ? double.MinValue : 0;
            _hasLevels |= !levels.IsEmpty;
            return (left, right);
        }
        double threshold = Math.Clamp(_threshold[node], double.MinValue, double.MaxValue);
        bool zeroLeft = 0 <= threshold;
        (_t[own], _m[own]) = (threshold, missing == MissingIsNaN || missing == MissingIsZero ? defaultLeft : zeroLeft);
        if (missing != MissingIsZero || defaultLeft == zeroLeft) return (left, right);
        // Zeros go against their neighbours: they are cut out of the side of the threshold that they lie on.
        return part.Sign switch
        {
            0 when zeroLeft => ((node, part with { Sign = -1 }), right),
            0 => (left, (node, part with { Sign = 1 })),
            -1 or 1 => Cut(node, own, part, -Math.BitIncrement(Zero), part.Sign, missingLeft: false),
            _ => Cut(node, own, part, Zero, part.Sign, missingLeft: true),
        };
    }

    /// <summary>First what lies below zero is parted from the rest, then what lies above it from zeros.</summary>
    ((int Node, Part Part) Left, (int Node, Part Part) Right) Cut(int node, int own, Part part, double threshold, int sign, bool missingLeft)
    {
        (_t[own], _m[own]) = (threshold, missingLeft);
        // On the side of the threshold where zeros lie, others go as that side does, and zeros as the other.
        bool sideIsLeft = sign is -1 or -2;
        int others = sideIsLeft ? _left[node] : _right[node], zeros = sideIsLeft ? _right[node] : _left[node];
        var copy = new Part(Others: false, 0);
        if (Math.Abs(sign) == 1) return ((others, new(part.Others, 0)), (node, part with { Others = false, Sign = 2 * sign }));
        return ((zeros, copy), (others, copy));
    }

    static ImmutableArray<int> Levels(ReadOnlySpan<uint> words)
    {
        var levels = ImmutableArray.CreateBuilder<int>();
        for (int w = 0; w < words.Length; w++)
            for (int bit = 0; bit < 32; bit++)
                if ((words[w] >> bit & 1) != 0) levels.Add(w * 32 + bit);
        return levels.ToImmutable();
    }

    int Whole(string key) => Integer(_block.TryGetValue(key, out string? value) ? value : throw _damage($"'{key}' is missing"));

    static int Integer(string value) => int.Parse(value, CultureInfo.InvariantCulture);

    static double Real(string value) => double.Parse(value, CultureInfo.InvariantCulture);

    /// <summary>A list of a length, or so often what stands for it where that may be left out.</summary>
    T[] List<T>(string key, long length, Func<string, T> read, T? otherwise = null) where T : struct
    {
        // No list that the text has room for is as long as a number in it may say.
        if (!_block.ContainsKey(key) && (length == 0 || (otherwise is not null && length <= _leafValue.Length))) return [.. Enumerable.Repeat(otherwise ?? default, (int)length)];
        T[] values = Numbers(key, read);
        return values.Length == length || length == 0 ? values.AsSpan(0, (int)length).ToArray() : throw _damage($"'{key}' has {values.Length} numbers; expected {length}");
    }

    T[] Numbers<T>(string key, Func<string, T> read) =>
        [.. (_block.TryGetValue(key, out string? text) ? text : throw _damage($"'{key}' is missing")).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(read)];
}
