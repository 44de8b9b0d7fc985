namespace Descent.Tensors;

/// <summary>Sums of products in Einstein's notation.</summary>
public static class EinsumOps
{
    extension(Tensor)
    {
        /// <summary>
        /// The sum of products that <paramref name="equation"/> spells: a letter per dimension and operand, commas between
        /// operands, <c>-&gt;</c> before the result. Letters that the result lacks are summed over; a letter twice in one
        /// operand takes its diagonal; <c>...</c> stands for dimensions that broadcast. Without an arrow the result has
        /// the ellipsis, then the letters that occur once, in alphabetical order. Contracts from left to right.
        /// </summary>
        /// <param name="equation">As <c>"bhqd,bhkd->bhqk"</c>.</param>
        /// <param name="operands">One tensor per term.</param>
        /// <exception cref="ArgumentException">The equation is malformed or does not fit the number of operands.</exception>
        /// <exception cref="ShapeException">The sizes of a letter differ, or an operand has another number of dimensions.</exception>
        public static Tensor Einsum(string equation, params ReadOnlySpan<Tensor> operands)
        {
            var parsed = EinsumEquation.Parse(equation, operands);
            var terms = new Term[operands.Length];
            for (int i = 0; i < terms.Length; i++) terms[i] = WithoutRepeats(new(operands[i], parsed.Inputs[i]));
            var sizes = parsed.Sizes(terms.Select(t => (t.Labels, t.Value.Shape)));
            for (int i = 0; i < terms.Length; i++) terms[i] = WithoutBroadcast(terms[i], sizes);

            var result = terms[0];
            for (int i = 1; i < terms.Length; i++)
                result = Contract(result, terms[i], [.. parsed.Output, .. terms[(i + 1)..].SelectMany(t => t.Labels)]);
            return SumOut(result, parsed.Output).Ordered(parsed.Output);
        }
    }

    /// <summary>A tensor whose dimensions have names.</summary>
    readonly record struct Term(Tensor Value, int[] Labels)
    {
        internal Tensor Ordered(params int[] labels)
        {
            var own = Labels;
            int[] order = Array.ConvertAll(labels, label => Array.IndexOf(own, label));
            for (int i = 0; i < order.Length; i++)
                if (order[i] != i) return Value.Permute(order);
            return Value;
        }

        internal int[] Sizes(int[] labels)
        {
            var (own, shape) = (Labels, Value.Shape);
            return Array.ConvertAll(labels, label => shape[Array.IndexOf(own, label)]);
        }
    }

    static Term WithoutRepeats(Term term)
    {
        var (x, labels) = (term.Value, term.Labels);
        for (int i = 0; i < labels.Length; i++)
        {
            int j = Array.IndexOf(labels, labels[i], i + 1);
            if (j < 0) continue;
            if (x.Shape[i] != x.Shape[j])
                throw new ShapeException($"Einsum: an operand of shape {term.Value.Shape} repeats a letter over sizes {x.Shape[i]} and {x.Shape[j]}. Expected equal sizes.");
            x = x.Diagonal(0, i, j);
            labels = [.. labels[..i], .. labels[(i + 1)..j], .. labels[(j + 1)..], labels[i]];
            i--;
        }
        return new(x, labels);
    }

    /// <summary>Drops dimensions of size 1 that stand for a larger size elsewhere.</summary>
    static Term WithoutBroadcast(Term term, Dictionary<int, int> sizes)
    {
        var (x, labels) = (term.Value, term.Labels);
        for (int i = labels.Length - 1; i >= 0; i--)
            if (x.Shape[i] != sizes[labels[i]])
            {
                x = x.Squeeze(i);
                labels = [.. labels[..i], .. labels[(i + 1)..]];
            }
        return new(x, labels);
    }

    static Term SumOut(Term term, int[] kept)
    {
        int[] dropped = [.. Enumerable.Range(0, term.Labels.Length).Where(i => !kept.Contains(term.Labels[i]))];
        return dropped.Length == 0 ? term : new(term.Value.Sum(dropped), [.. term.Labels.Where(kept.Contains)]);
    }

    /// <summary>The product of two terms, summed over what nobody needs any more.</summary>
    static Term Contract(Term a, Term b, int[] needed)
    {
        a = SumOut(a, [.. needed, .. b.Labels]);
        b = SumOut(b, [.. needed, .. a.Labels]);
        int[] batch = [.. a.Labels.Where(l => b.Labels.Contains(l) && needed.Contains(l))];
        int[] summed = [.. a.Labels.Where(l => b.Labels.Contains(l) && !needed.Contains(l))];
        int[] freeA = [.. a.Labels.Except(b.Labels)], freeB = [.. b.Labels.Except(a.Labels)];
        int[] labels = [.. batch, .. freeA, .. freeB];
        int[] sizes = a.Sizes(batch), sizesA = a.Sizes(freeA), sizesB = b.Sizes(freeB);
        if (summed.Length == 0)
            return new(a.Ordered([.. batch, .. freeA]).Reshape([.. sizes, .. sizesA, .. Enumerable.Repeat(1, freeB.Length)])
                * b.Ordered([.. batch, .. freeB]).Reshape([.. sizes, .. Enumerable.Repeat(1, freeA.Length), .. sizesB]), labels);
        int inner = Product(a.Sizes(summed));
        var left = a.Ordered([.. batch, .. freeA, .. summed]).Reshape([.. sizes, Product(sizesA), inner]);
        var right = b.Ordered([.. batch, .. summed, .. freeB]).Reshape([.. sizes, inner, Product(sizesB)]);
        return new(left.MatMul(right).Reshape([.. sizes, .. sizesA, .. sizesB]), labels);
    }

    static int Product(int[] sizes) => sizes.Aggregate(1, (n, d) => n * d);
}
