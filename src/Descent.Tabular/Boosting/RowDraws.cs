using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>The rows that a tree is grown from.</summary>
static class RowDraws
{
    /// <summary>What the gradient of each row is multiplied with, 0 where the row is not drawn; null is 1 of all.</summary>
    internal static float[]? Draw(BoostedTreeOptions options, float[] gradients, Generator generator)
    {
        if (options.GossTopShare > 0 && options.GossTopShare + options.GossOtherShare < 1) return DrawGreat(options.GossTopShare, options.GossOtherShare, gradients, generator);
        if (options.Subsample >= 1) return null;
        bool[] isDrawn = new bool[gradients.Length];
        generator.Bernoulli(isDrawn.AsSpan(), options.Subsample);
        return Array.ConvertAll(isDrawn, drawn => drawn ? 1f : 0);
    }

    /// <summary>The greatest gradients for certain; the others seldom, and multiplied so that their sum is expected to be that of all.</summary>
    static float[] DrawGreat(double topShare, double otherShare, float[] gradients, Generator generator)
    {
        int top = Math.Max(1, (int)(topShare * gradients.Length));
        var (bound, ties) = Bound(gradients, top);
        bool[] isDrawn = new bool[gradients.Length];
        generator.Bernoulli(isDrawn.AsSpan(), otherShare / (1 - topShare));
        float[] factors = new float[gradients.Length];
        float other = (float)((1 - topShare) / otherShare);
        for (int i = 0; i < factors.Length; i++)
        {
            float size = Math.Abs(gradients[i]);
            if (size > bound || (size == bound && ties-- > 0)) factors[i] = 1;
            else if (isDrawn[i]) factors[i] = other;
        }
        return factors;
    }

    /// <summary>The least of the greatest sizes, and how many of that size belong to them.</summary>
    static (float Bound, int Ties) Bound(float[] gradients, int top)
    {
        // The upper bits of a size are its bucket, so that only one bucket needs sorting.
        int[] counts = new int[1 << 16];
        foreach (float g in gradients) counts[BitConverter.SingleToUInt32Bits(Math.Abs(g)) >> 16]++;
        int bucket = counts.Length - 1, above = 0;
        while (above + counts[bucket] < top) above += counts[bucket--];
        float[] inside = new float[counts[bucket]];
        int n = 0;
        foreach (float g in gradients)
            if (BitConverter.SingleToUInt32Bits(Math.Abs(g)) >> 16 == bucket) inside[n++] = Math.Abs(g);
        Array.Sort(inside);
        float bound = inside[^(top - above)];
        return (bound, top - above - inside.Count(v => v > bound));
    }
}
