namespace Descent.Tabular;

/// <summary>What boosted trees say to the rows of features, in parallel over blocks of rows.</summary>
public static class BoostedTreesPrediction
{
    extension(BoostedTrees trees)
    {
        /// <summary>The scores of each row, (rows × outputs), before they become predictions.</summary>
        /// <param name="x">The features.</param>
        /// <param name="baseMargins">(rows × outputs) scores to start from in place of the base score; none is the base score.</param>
        /// <exception cref="ArgumentException">The features are not as many as the model has, or the base margins not as many as the scores.</exception>
        public float[] Margins(Features x, ReadOnlySpan<float> baseMargins = default)
        {
            float[] margins = Start(trees, x, baseMargins);
            Add(trees, x, margins, 0, trees.Trees.Length);
            return margins;
        }

        /// <summary>The predictions of each row, (rows × outputs): means, or probabilities.</summary>
        /// <param name="x">The features.</param>
        /// <param name="baseMargins">(rows × outputs) scores to start from in place of the base score; none is the base score.</param>
        /// <exception cref="ArgumentException">The features are not as many as the model has, or the base margins not as many as the scores.</exception>
        public float[] Predict(Features x, ReadOnlySpan<float> baseMargins = default)
        {
            float[] predictions = trees.Margins(x, baseMargins);
            trees.Objective.Transform(predictions);
            return predictions;
        }

        /// <summary>The predictions of each row after each round.</summary>
        /// <exception cref="ArgumentException">The features are not as many as the model has, or its trees were scaled after the round they were grown in.</exception>
        public IEnumerable<float[]> Staged(Features x)
        {
            if (!trees.TreeWeights.IsEmpty) throw new ArgumentException("Trees that were dropped in training were scaled later; there are no predictions as they were after each round. Cut the model instead.");
            return Stages(trees, x, Start(trees, x, []));
        }

        /// <summary>The rounds: trees for every score.</summary>
        public int Rounds => trees.Trees.Length / trees.Objective.Outputs;

        /// <summary>The model of the first rounds only.</summary>
        /// <exception cref="ArgumentOutOfRangeException">There are not as many.</exception>
        public BoostedTrees Cut(int rounds)
        {
            if (rounds < 0 || rounds > trees.Rounds) throw new ArgumentOutOfRangeException(nameof(rounds), rounds, $"Cut: the model has {trees.Rounds} rounds; expected 0 to that.");
            int count = rounds * trees.Objective.Outputs;
            return trees with { Trees = trees.Trees[..count], Groups = trees.Groups[..count], TreeWeights = trees.TreeWeights.IsEmpty ? [] : trees.TreeWeights[..count] };
        }
    }

    static IEnumerable<float[]> Stages(BoostedTrees trees, Features x, float[] margins)
    {
        int outputs = trees.Objective.Outputs;
        for (int first = 0; first < trees.Trees.Length; first += outputs)
        {
            Add(trees, x, margins, first, outputs);
            float[] predictions = [.. margins];
            trees.Objective.Transform(predictions);
            yield return predictions;
        }
    }

    static float[] Start(BoostedTrees trees, Features x, ReadOnlySpan<float> baseMargins)
    {
        ArgumentNullException.ThrowIfNull(x);
        int columns = trees.Schema.Features.Length, scores = x.Rows * trees.Objective.Outputs;
        if (x.Columns != columns) throw new ArgumentException($"{x.Columns} features are given; the model was trained on {columns}.", nameof(x));
        if (!baseMargins.IsEmpty && baseMargins.Length != scores) throw new ArgumentException($"{baseMargins.Length} base margins for {x.Rows} rows × {trees.Objective.Outputs} scores; expected as many, or none.", nameof(baseMargins));
        if (!baseMargins.IsEmpty) return baseMargins.ToArray();
        float[] margins = new float[scores];
        trees.FillBase(margins);
        return margins;
    }

    static void Add(BoostedTrees trees, Features x, float[] margins, int first, int count)
    {
        if (count > 0) BoostedTreesRows.Add(trees, x, margins, first, count);
    }
}
