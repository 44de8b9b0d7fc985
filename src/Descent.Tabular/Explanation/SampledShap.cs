using System.Runtime.InteropServices;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>
/// Shapley values of any model from its predictions alone: over all sets of features where these are few, else over orders that are
/// drawn, each taken forwards and backwards from every background row, so that values add up exactly either way.
/// </summary>
/// <remarks>Štrumbelj and Kononenko, "Explaining prediction models and individual predictions with feature contributions", 2014.</remarks>
sealed class SampledShap(IModel model, double[] background, int orders, ulong seed)
{
    readonly int _columns = model.Schema.Features.Length, _outputs = ModelOutputs.Names(model).Length;

    internal ShapValues Explain(double[] rows, CancellationToken cancellation)
    {
        int count = rows.Length / _columns, others = background.Length / _columns;
        double[] values = new double[checked(count * _outputs * _columns)], said = new double[others * _outputs], bases = new double[_outputs];
        ModelOutputs.Of(model, background, said);
        for (int at = 0; at < said.Length; at++) bases[at % _outputs] += said[at] / others;
        // Sets are no dearer than orders here, and exact.
        bool allSets = _columns < 20 && 1 << _columns <= 2 * orders * (_columns + 1);
        WorkerPool.For(count, i =>
        {
            var row = rows.AsSpan(i * _columns, _columns);
            var own = values.AsSpan(i * _outputs * _columns, _outputs * _columns);
            if (allSets) BySets(row, own);
            else ByOrders(row, own, new Generator(seed, (ulong)i + 1));
        }, cancellation);
        return new()
        {
            Features = [.. model.Schema.Features.Select(f => f.Name)],
            Outputs = ModelOutputs.Names(model),
            Scale = model is IClassificationModel ? ShapScale.Probability : ShapScale.Prediction,
            Rows = count,
            Base = [.. bases],
            Values = ImmutableCollectionsMarshal.AsImmutableArray(values),
        };
    }

    /// <summary>Over all sets of known features: |S|! (M − 1 − |S|)! / M! times what the feature changes.</summary>
    void BySets(ReadOnlySpan<double> row, Span<double> values)
    {
        int sets = 1 << _columns, others = background.Length / _columns;
        double[] mixed = new double[background.Length], said = new double[others * _outputs], means = new double[sets * _outputs];
        for (int set = 0; set < sets; set++)
        {
            background.CopyTo(mixed, 0);
            for (int at = 0; at < mixed.Length; at++)
                if ((set >> at % _columns & 1) != 0) mixed[at] = row[at % _columns];
            ModelOutputs.Of(model, mixed, said);
            for (int at = 0; at < said.Length; at++) means[set * _outputs + at % _outputs] += said[at] / others;
        }
        double[] weights = new double[_columns];
        weights[0] = 1.0 / _columns;
        for (int s = 1; s < _columns; s++) weights[s] = weights[s - 1] * s / (_columns - s);
        for (int set = 0; set < sets; set++)
            for (int j = 0; j < _columns; j++)
            {
                if ((set >> j & 1) != 0) continue;
                double weight = weights[System.Numerics.BitOperations.PopCount((uint)set)];
                for (int k = 0; k < _outputs; k++) values[k * _columns + j] += weight * (means[(set | 1 << j) * _outputs + k] - means[set * _outputs + k]);
            }
    }

    void ByOrders(ReadOnlySpan<double> row, Span<double> values, Generator generator)
    {
        int others = background.Length / _columns, steps = _columns + 1;
        int[] order = [.. Enumerable.Range(0, _columns)];
        double[] way = new double[steps * _columns], said = new double[steps * _outputs];
        double share = 1.0 / (others * orders * 2);
        for (int b = 0; b < others; b++)
            for (int n = 0; n < orders; n++)
            {
                generator.Shuffle<int>(order);
                for (int direction = 0; direction < 2; direction++)
                {
                    // Each row of the way knows one feature more than the one before.
                    for (int step = 0; step < steps; step++)
                    {
                        var own = way.AsSpan(step * _columns, _columns);
                        if (step == 0) background.AsSpan(b * _columns, _columns).CopyTo(own);
                        else
                        {
                            way.AsSpan((step - 1) * _columns, _columns).CopyTo(own);
                            own[order[step - 1]] = row[order[step - 1]];
                        }
                    }
                    ModelOutputs.Of(model, way, said);
                    for (int step = 1; step < steps; step++)
                        for (int k = 0; k < _outputs; k++) values[k * _columns + order[step - 1]] += share * (said[step * _outputs + k] - said[(step - 1) * _outputs + k]);
                    Array.Reverse(order);
                }
            }
    }
}
