using System.Numerics.Tensors;
using Descent.Tensors;
using Tensor = Descent.Tensors.Tensor;

namespace Descent.Tabular;

/// <summary>
/// Squared distances by matrix products in float32: |a − b|² − |a|² = |b|² − 2 a·b. The rows are centred and scaled to lengths of at most 1
/// first; how far rounding may shift a result is known, and who needs an order that is right measures again what lies closer.
/// </summary>
sealed class ProductDistances
{
    const double Rounding = 1.2e-7;
    const float Longest = 1e15f;

    readonly double[] _means;
    readonly double _scale;
    readonly int _columns;

    /// <param name="rows">Rows, one after another, among which those of the products will lie.</param>
    /// <param name="columns">Numbers of a row.</param>
    internal ProductDistances(ReadOnlySpan<double> rows, int columns)
    {
        (_columns, _means) = (columns, new double[columns]);
        int count = rows.Length / columns;
        for (int i = 0; i < count; i++) TensorPrimitives.Add(_means, rows.Slice(i * columns, columns), _means);
        TensorPrimitives.Divide(_means, Math.Max(1, count), _means);
        double greatest = 0;
        for (int i = 0; i < count; i++) greatest = Math.Max(greatest, RowMath.SquaredDistance(rows.Slice(i * columns, columns), _means));
        _scale = greatest > 0 && double.IsFinite(greatest) ? 1 / Math.Sqrt(greatest) : 1;
    }

    /// <summary>What a squared distance is multiplied by.</summary>
    internal double SquaredScale => _scale * _scale;

    /// <summary>(rows × (columns + 1)) a and 1, and the squared lengths of its rows, infinite of those too long for float32.</summary>
    internal Tensor Points(ReadOnlySpan<double> rows, Span<float> squares)
    {
        var points = Place(rows, 1, squares);
        var values = points.AsSpan<float>();
        for (int i = 0; i < squares.Length; i++)
        {
            values[(i + 1) * (_columns + 1) - 1] = 1;
            if (squares[i] < Longest) continue;
            squares[i] = float.PositiveInfinity;
            values.Slice(i * (_columns + 1), _columns).Clear();
        }
        return points;
    }

    /// <summary>(rows × (columns + 1)) −2 b and |b|²: the products of a row of this and one of <see cref="Points"/> is |b|² − 2 a·b.</summary>
    internal Tensor Others(ReadOnlySpan<double> rows)
    {
        float[] squares = new float[rows.Length / _columns];
        var others = Place(rows, -2, squares);
        var values = others.AsSpan<float>();
        for (int i = 0; i < squares.Length; i++) values[(i + 1) * (_columns + 1) - 1] = squares[i];
        return others;
    }

    /// <summary>Of two products of a row with this squared length, the lesser by more than this is the lesser distance.</summary>
    internal double Slack(double square) => Rounding * (_columns + 8) * (square + 2);

    Tensor Place(ReadOnlySpan<double> rows, double factor, Span<float> squares)
    {
        var placed = Tensor.Empty([squares.Length, _columns + 1], DType.Float32);
        var values = placed.AsSpan<float>();
        for (int i = 0; i < squares.Length; i++)
        {
            double square = 0;
            var row = values.Slice(i * (_columns + 1), _columns);
            for (int j = 0; j < _columns; j++)
            {
                double value = (rows[i * _columns + j] - _means[j]) * _scale;
                square += value * value;
                row[j] = (float)(factor * value);
            }
            squares[i] = (float)square;
        }
        return placed;
    }
}
