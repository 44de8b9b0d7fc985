namespace Descent.Tensors;

/// <summary>What an equation says: a label per dimension. Letters are their character codes; dimensions of the ellipsis are negative, -1 the last.</summary>
sealed record EinsumEquation(string Text, int[][] Inputs, int[] Output)
{
    const string Ellipsis = "...";

    internal static EinsumEquation Parse(string equation, ReadOnlySpan<Tensor> operands)
    {
        string text = equation.Replace(" ", "", StringComparison.Ordinal);
        int arrow = text.IndexOf("->", StringComparison.Ordinal);
        string[] terms = (arrow < 0 ? text : text[..arrow]).Split(',');
        if (operands.IsEmpty || terms.Length != operands.Length)
            throw new ArgumentException($"Einsum: \"{equation}\" has {terms.Length} terms, but {operands.Length} operands were given. Expected one tensor per term.");
        var inputs = new int[terms.Length][];
        int widest = 0;
        for (int i = 0; i < terms.Length; i++)
        {
            int letters = terms[i].Replace(Ellipsis, "", StringComparison.Ordinal).Length, rank = operands[i].Rank;
            bool open = terms[i].Contains(Ellipsis, StringComparison.Ordinal);
            if (open ? rank < letters : rank != letters)
                throw new ShapeException($"Einsum: term \"{terms[i]}\" of \"{equation}\" names {letters} dimensions, but the operand has shape " +
                    $"{operands[i].Shape}. Expected {(open ? "at least" : "exactly")} {letters} dimensions.");
            inputs[i] = Labels(terms[i], rank - letters, equation);
            if (open) widest = Math.Max(widest, rank - letters);
        }

        int[] output;
        if (arrow < 0)
            output = [.. Broadcast(widest), .. inputs.SelectMany(l => l).Where(l => l >= 0).CountBy(l => l).Where(c => c.Value == 1).Select(c => c.Key).Order()];
        else
            output = Labels(text[(arrow + 2)..], widest, equation);
        foreach (int label in output)
            if (output.Count(l => l == label) > 1 || !inputs.Any(l => l.Contains(label)))
                throw new ArgumentException($"Einsum: '{(char)label}' in the result of \"{equation}\" is repeated or occurs in no operand. " +
                    "Expected each letter of the result once, and in an operand.");
        return new(equation, inputs, output);
    }

    /// <summary>The size that each label stands for; 1 gives way to any other.</summary>
    internal Dictionary<int, int> Sizes(IEnumerable<(int[] Labels, Shape Shape)> terms)
    {
        var sizes = new Dictionary<int, int>();
        foreach (var (labels, shape) in terms)
            for (int i = 0; i < labels.Length; i++)
                if (!sizes.TryGetValue(labels[i], out int size) || size == 1)
                    sizes[labels[i]] = shape[i];
                else if (shape[i] != 1 && shape[i] != size)
                    throw new ShapeException($"Einsum: {(labels[i] < 0 ? "a dimension of the ellipsis" : $"'{(char)labels[i]}'")} of \"{Text}\" is both " +
                        $"{size} and {shape[i]}: an operand has {shape}. Expected sizes that agree, or one of them 1.");
        return sizes;
    }

    static int[] Broadcast(int count) => [.. Enumerable.Range(0, count).Select(i => i - count)];

    static int[] Labels(string term, int hidden, string equation)
    {
        int dots = term.IndexOf(Ellipsis, StringComparison.Ordinal);
        string letters = dots < 0 ? term : term.Remove(dots, Ellipsis.Length);
        foreach (char c in letters)
            if (!char.IsAsciiLetter(c))
                throw new ArgumentException($"Einsum: \"{equation}\" holds '{c}'. Expected letters, commas, one \"...\" per term and one \"->\".");
        int[] labels = Array.ConvertAll(letters.ToCharArray(), c => (int)c);
        return dots < 0 ? labels : [.. labels[..dots], .. Broadcast(hidden), .. labels[dots..]];
    }
}
