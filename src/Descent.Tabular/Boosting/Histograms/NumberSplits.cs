using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Descent.Tabular;

/// <summary>The best split of a node between two bins of numbers.</summary>
sealed class NumberSplits(BoostedTreeOptions options, SplitGain gain, float maxDeltaStep)
{
    /// <summary>Room for sums before each bin and after the last, and to pass the end by two registers of 64 bytes.</summary>
    const int Room = FeatureBins.Stride + 32;

    readonly bool _isFree = maxDeltaStep == 0 && options.Monotone.IsEmpty;

    /// <summary>Takes a split that gains more than <paramref name="best"/>; of equal ones the same as trying every value exactly would.</summary>
    /// <param name="entries">The feature's histogram.</param>
    /// <param name="bins">The number of bins.</param>
    /// <param name="hasGaps">Whether a value is missing anywhere in the table.</param>
    /// <param name="feature">The feature.</param>
    /// <param name="node">The node.</param>
    /// <param name="best">The best split so far.</param>
    [SkipLocalsInit]
    internal void Search(ReadOnlySpan<long> entries, int bins, bool hasGaps, int feature, in SplitNode node, ref BinSplit best)
    {
        Span<long> gradients = stackalloc long[Room], hessians = stackalloc long[Room];
        long g = 0, h = 0;
        for (int b = 0; b < bins; b++)
        {
            (gradients[b], hessians[b]) = (g, h);
            g += entries[2 * b];
            h += entries[2 * b + 1];
        }
        (gradients[bins], hessians[bins]) = (g, h);
        gradients[(bins + 1)..].Clear();
        hessians[(bins + 1)..].Clear();
        var missing = new BinSum(entries[2 * FeatureBins.Missing], entries[2 * FeatureBins.Missing + 1]);
        Span<float> gains = stackalloc float[Room];
        // Where nothing is missing one direction tries every split; so too where a value is there or not.
        bool triesRight = hasGaps && bins > 1;
        if (triesRight)
        {
            float most = Gains(gradients, hessians, default, bins, feature, node, gains);
            if (most > best.Gain) Take(gains[..(bins + 1)].IndexOf(most), false, default, most, ref best, gradients, hessians);
        }
        if (!triesRight || missing.HessianAndRows != 0)
        {
            float most = Gains(gradients, hessians, missing, bins, feature, node, gains);
            if (most > best.Gain) Take(gains[..(bins + 1)].LastIndexOf(most), true, missing, most, ref best, gradients, hessians);
        }

        void Take(int at, bool missingLeft, BinSum missing, float most, ref BinSplit best, Span<long> gradients, Span<long> hessians) =>
            best = new(most, feature, at - 1, missingLeft, new BinSum(gradients[at], hessians[at]) + missing, null);
    }

    /// <summary>What it gains to part before each bin; gives the most.</summary>
    float Gains(ReadOnlySpan<long> gradients, ReadOnlySpan<long> hessians, BinSum missing, int bins, int feature, in SplitNode node, Span<float> gains)
    {
        if (_isFree) Free(gradients, hessians, missing, bins, node, gains);
        else
            for (int i = 0; i <= bins; i++) gains[i] = Bound(new BinSum(gradients[i], hessians[i]) + missing, feature, node);
        return TensorPrimitives.Max<float>(gains[..(bins + 1)]);
    }

    float Bound(BinSum left, int feature, in SplitNode node)
    {
        var right = node.Sum - left;
        if (node.Point.Rows(left) < options.MinRowsInLeaf || node.Point.Rows(right) < options.MinRowsInLeaf) return float.NegativeInfinity;
        var (l, r) = (node.Point.Read(left), node.Point.Read(right));
        if (!(l.Hessian > 0 && r.Hessian > 0 && l.Hessian >= options.MinChildWeight && r.Hessian >= options.MinChildWeight)) return float.NegativeInfinity;
        float value = (float)(gain.Of(l, r, node.Bounds, options.Monotone.IsEmpty ? 0 : options.Monotone[feature]) - node.Gain);
        return float.IsNaN(value) ? float.NegativeInfinity : value;
    }

    /// <summary>(|G| − α)₊² / (H + λ) of both sides, without bounds on what they predict, in registers.</summary>
    void Free(ReadOnlySpan<long> gradients, ReadOnlySpan<long> hessians, BinSum missing, int bins, in SplitNode node, Span<float> gains)
    {
        var point = node.Point;
        var missingG = new Vector<long>(missing.Gradient);
        var missingH = new Vector<long>(missing.HessianAndRows);
        var totalG = new Vector<long>(node.Sum.Gradient);
        var totalH = new Vector<long>(node.Sum.HessianAndRows);
        var scaleG = new Vector<double>(1 / point.GradientScale);
        var scaleH = new Vector<double>(1 / point.HessianScale);
        var countMask = new Vector<long>(point.CountMask);
        var leastRows = new Vector<long>(options.MinRowsInLeaf);
        var leastH = new Vector<double>(Math.Max(options.MinChildWeight, double.Epsilon));
        var lambda = new Vector<double>((double)options.Lambda);
        var alpha = new Vector<double>((double)options.Alpha);
        var own = new Vector<double>((double)node.Gain);
        var none = new Vector<double>(double.NegativeInfinity);
        int countBits = point.CountBits, step = Vector<double>.Count;
        for (int i = 0; i <= bins; i += 2 * step)
            Vector.Narrow(Block(gradients[i..], hessians[i..]), Block(gradients[(i + step)..], hessians[(i + step)..])).CopyTo(gains[i..]);

        Vector<double> Block(ReadOnlySpan<long> g, ReadOnlySpan<long> h)
        {
            var leftG = new Vector<long>(g) + missingG;
            var leftH = new Vector<long>(h) + missingH;
            var (rightG, rightH) = (totalG - leftG, totalH - leftH);
            var left = Side(leftG, leftH, out var leftFits);
            var right = Side(rightG, rightH, out var rightFits);
            return Vector.ConditionalSelect((leftFits & rightFits).As<long, double>(), left + right - own, none);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        Vector<double> Side(Vector<long> g, Vector<long> h, out Vector<long> fits)
        {
            var hessian = Vector.ConvertToDouble(h >> countBits) * scaleH;
            var gradient = Vector.Max(Vector.Abs(Vector.ConvertToDouble(g) * scaleG) - alpha, Vector<double>.Zero);
            fits = Vector.GreaterThanOrEqual(h & countMask, leastRows) & Vector.GreaterThanOrEqual(hessian, leastH);
            return gradient * gradient / (hessian + lambda);
        }
    }
}
