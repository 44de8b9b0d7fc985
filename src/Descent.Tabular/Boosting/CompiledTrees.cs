using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Descent.Tabular;

/// <summary>
/// Trees laid out so that many rows pass at once without a branch: every question of a tree is put to all rows, and one that is denied
/// strikes out the leaves on its left; the first leaf left over is the row's.
/// </summary>
/// <remarks>
/// Lucchese et al., "QuickScorer: A Fast Algorithm to Rank Documents with Additive Ensembles of Regression Trees", 2015, here with
/// rows in place of questions side by side. The sums are those of walking down each tree, bit for bit.
/// </remarks>
sealed unsafe class CompiledTrees
{
    /// <summary>Rows that are asked together: eight registers of their leaves.</summary>
    internal const int BlockRows = 64;

    /// <summary>With more leaves, walking down is faster than to ask all.</summary>
    const int MostLeaves = 128;

    /// <summary>Leaves that one register's lanes have bits for.</summary>
    const int WordLeaves = 32;

    /// <summary>Below this many rows walking is faster.</summary>
    internal const int FewRows = 8;

    /// <summary>Whether the feature at <see cref="Offset"/> of the block is at most the bound; the leaves it keeps where not.</summary>
    readonly record struct Question(int Offset, float Bound, uint Kept);

    /// <summary>Whether the feature is one of some levels.</summary>
    sealed record LevelQuestion(int Offset, int Node, uint Kept);

    /// <summary>The questions to 32 leaves; of the first those that a missing value denies, then those it affirms.</summary>
    sealed record Word(Question[] Questions, int Denied, LevelQuestion[] Levels);

    /// <summary>A tree, with no words where it is to be walked down.</summary>
    sealed record Compiled(Word[] Words, float[] Values, Tree Tree, float Weight, int Group);

    static readonly ConditionalWeakTable<BoostedTrees, CompiledTrees> s_compiled = [];

    readonly Compiled[] _trees;
    readonly int[] _features;
    readonly int _outputs;

    CompiledTrees(BoostedTrees trees)
    {
        _outputs = trees.Objective.Outputs;
        bool[] canCompile = [.. trees.Trees.Select(CanCompile)];
        _features = [.. trees.Trees.Where((_, t) => canCompile[t]).SelectMany(tree => tree.Reachable().Where(n => tree.Left[n] >= 0).Select(n => tree.Feature[n])).Distinct().Order()];
        _trees = [.. trees.Trees.Select((tree, t) => Compile(tree, trees.TreeWeights.IsEmpty ? 1 : trees.TreeWeights[t], trees.Groups[t], canCompile[t]))];
    }

    internal static CompiledTrees Of(BoostedTrees trees) => s_compiled.GetValue(trees, static t => new(t));

    /// <summary>The features that a block needs, in its order.</summary>
    internal ReadOnlySpan<int> Features => _features;

    static bool CanCompile(Tree tree) => tree.Outputs == 1 && tree.LinearLeaves.IsEmpty && tree.Leaves <= MostLeaves
        && tree.Reachable().All(n => tree.Left[n] < 0 || !double.IsNaN(tree.Threshold[n])) && tree.Reachable().Count(n => tree.Left[n] >= 0 && tree.IsCategorical(n)) <= 4;

    Compiled Compile(Tree tree, float weight, int group, bool canCompile)
    {
        if (!canCompile) return new([], [], tree, weight, group);
        // Leaves from left to right, and by node the first of its leaves.
        int[] first = new int[tree.Nodes];
        var values = new List<float>();
        foreach (int node in tree.Reachable())
        {
            first[node] = values.Count;
            if (tree.Left[node] < 0) values.Add(weight * (float)tree.Values[node]);
        }
        var words = new Word[(values.Count + WordLeaves - 1) / WordLeaves];
        for (int w = 0; w < words.Length; w++)
        {
            List<Question> denied = [], affirmed = [];
            List<LevelQuestion> levels = [];
            foreach (int node in tree.Reachable())
            {
                if (tree.Left[node] < 0) continue;
                int low = Math.Clamp(first[tree.Left[node]] - (w * WordLeaves), 0, WordLeaves), high = Math.Clamp(first[tree.Right[node]] - (w * WordLeaves), 0, WordLeaves);
                if (low == high) continue;
                uint kept = ~(uint)((1UL << high) - (1UL << low));
                int offset = Array.BinarySearch(_features, tree.Feature[node]) * BlockRows;
                if (tree.IsCategorical(node)) levels.Add(new(offset, node, kept));
                else (tree.MissingLeft[node] ? affirmed : denied).Add(new(offset, Below(tree.Threshold[node]), kept));
            }
            words[w] = new([.. denied, .. affirmed], denied.Count, [.. levels]);
        }
        return new(words, [.. values], tree, weight, group);
    }

    /// <summary>The greatest float32 that is not above.</summary>
    static float Below(double bound)
    {
        float near = (float)bound;
        return near > bound ? MathF.BitDecrement(near) : near;
    }

    /// <summary>Adds what some trees say to the scores of rows.</summary>
    /// <param name="block">(features × 64): the features of <see cref="Features"/> of as many rows; what lies behind the last row is anything.</param>
    /// <param name="row">Gives a whole row, for trees that are walked down.</param>
    /// <param name="margins">(rows × outputs) scores.</param>
    /// <param name="first">The first tree.</param>
    /// <param name="count">How many trees.</param>
    internal void Add(float* block, RowReader row, Span<float> margins, int first, int count)
    {
        const int MostWords = MostLeaves / WordLeaves;
        uint* leaves = stackalloc uint[MostWords * BlockRows];
        int rows = margins.Length / _outputs;
        for (int t = first; t < first + count; t++)
        {
            var tree = _trees[t];
            if (tree.Words.Length == 0)
            {
                for (int i = 0; i < rows; i++) margins[(i * _outputs) + tree.Group] += tree.Weight * tree.Tree.Output(row(i));
                continue;
            }
            for (int w = 0; w < tree.Words.Length; w++) Ask(tree, tree.Words[w], block, leaves + (w * BlockRows));
            AddFirst(tree, leaves, rows, margins);
        }
    }

    /// <summary>Adds the value of the first leaf that is left to each row.</summary>
    void AddFirst(Compiled tree, uint* leaves, int rows, Span<float> margins)
    {
        fixed (float* values = tree.Values, scores = margins)
        {
            float* score = scores + tree.Group;
            if (tree.Words.Length <= 2)
            {
                // Without a branch: in which half the leaf is nobody foresees.
                uint* second = leaves + (tree.Words.Length == 2 ? BlockRows : 0);
                for (int i = 0; i < rows; i++, score += _outputs)
                    *score += values[BitOperations.TrailingZeroCount(leaves[i] | ((ulong)second[i] << WordLeaves))];
                return;
            }
            for (int i = 0; i < rows; i++, score += _outputs)
            {
                int leaf = 0;
                uint* own = leaves + i;
                for (; *own == 0; own += BlockRows) leaf += WordLeaves;
                *score += values[leaf + BitOperations.TrailingZeroCount(*own)];
            }
        }
    }

    internal delegate ReadOnlySpan<double> RowReader(int row);

    static void Ask(Compiled tree, Word word, float* block, uint* leaves)
    {
        Vector256<uint> a = Vector256<uint>.AllBitsSet, b = a, c = a, d = a, e = a, f = a, g = a, h = a;
        foreach (ref readonly var question in word.Questions.AsSpan(0, word.Denied))
        {
            float* x = block + question.Offset;
            var bound = Vector256.Create(question.Bound);
            var kept = Vector256.Create(question.Kept);
            a &= AtMost(x) | kept;
            b &= AtMost(x + 8) | kept;
            c &= AtMost(x + 16) | kept;
            d &= AtMost(x + 24) | kept;
            e &= AtMost(x + 32) | kept;
            f &= AtMost(x + 40) | kept;
            g &= AtMost(x + 48) | kept;
            h &= AtMost(x + 56) | kept;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            Vector256<uint> AtMost(float* x) => Vector256.LessThanOrEqual(Vector256.Load(x), bound).AsUInt32();
        }
        foreach (ref readonly var question in word.Questions.AsSpan(word.Denied))
        {
            float* x = block + question.Offset;
            var bound = Vector256.Create(question.Bound);
            var kept = Vector256.Create(question.Kept);
            a &= NotAbove(x) | kept;
            b &= NotAbove(x + 8) | kept;
            c &= NotAbove(x + 16) | kept;
            d &= NotAbove(x + 24) | kept;
            e &= NotAbove(x + 32) | kept;
            f &= NotAbove(x + 40) | kept;
            g &= NotAbove(x + 48) | kept;
            h &= NotAbove(x + 56) | kept;

            // A missing value is not above.
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            Vector256<uint> NotAbove(float* x) => ~Vector256.GreaterThan(Vector256.Load(x), bound).AsUInt32();
        }
        a.Store(leaves);
        b.Store(leaves + 8);
        c.Store(leaves + 16);
        d.Store(leaves + 24);
        e.Store(leaves + 32);
        f.Store(leaves + 40);
        g.Store(leaves + 48);
        h.Store(leaves + 56);
        foreach (var question in word.Levels)
            for (int i = 0; i < BlockRows; i++)
                if (!tree.Tree.GoesLeft(question.Node, block[question.Offset + i])) leaves[i] &= question.Kept;
    }
}
