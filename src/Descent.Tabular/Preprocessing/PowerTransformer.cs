using System.Collections.Immutable;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>A family of powers.</summary>
public enum PowerMethod
{
    /// <summary>((x + 1)^λ − 1) / λ, and its mirror image below 0: for all numbers.</summary>
    YeoJohnson,

    /// <summary>(x^λ − 1) / λ: for numbers above 0.</summary>
    BoxCox,
}

/// <summary>Each column to a power, that which makes it most like a normal distribution by maximum likelihood, then scaled. Missing values stay missing.</summary>
/// <remarks>Box and Cox, "An Analysis of Transformations", 1964; Yeo and Johnson, "A New Family of Power Transformations", Biometrika 87, 2000.</remarks>
public sealed record PowerTransformer : ITransformer<PowerColumns>
{
    /// <summary>The columns; by default all real and whole numbers.</summary>
    public ColumnSelector Columns { get; init; } = ColumnSelector.Fitting;

    /// <summary>The family that the powers are of.</summary>
    public PowerMethod Method { get; init; }

    /// <summary>Whether results have mean 0 and variance 1.</summary>
    public bool Standardize { get; init; } = true;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A number is not above 0, for Box and Cox's.</exception>
    public PowerColumns Fit(Frame train, Target? target = null)
    {
        var names = Columns.Resolve(nameof(PowerTransformer), train, StepColumns.Measures, StepColumns.Numeric);
        double[][] values = [.. names.Select(n => StepColumns.Numbers(nameof(PowerTransformer), train, n))];
        if (Method == PowerMethod.BoxCox)
            for (int i = 0; i < values.Length; i++) PowerColumns.CheckPositive(names[i], values[i]);
        var learned = new PowerColumn[values.Length];
        WorkerPool.For(values.Length, i => learned[i] = Learn(names[i], Array.FindAll(values[i], v => !double.IsNaN(v))));
        return new() { Method = Method, Columns = [.. learned] };
    }

    PowerColumn Learn(string name, double[] x)
    {
        if (x.Length == 0 || x.Min() == x.Max()) return new(name, 1, x.Length == 0 || !Standardize ? 0 : PowerColumns.Power(Method, x[0], 1), 1);
        double slope = x.Sum(v => Method == PowerMethod.BoxCox ? Math.Log(v) : Math.CopySign(PowerColumns.Log1P(Math.Abs(v)), v));
        double[] y = new double[x.Length];
        double lambda = ScalarMinimum.Find(l =>
        {
            for (int i = 0; i < y.Length; i++) y[i] = PowerColumns.Power(Method, x[i], l);
            double variance = StandardScaler.Moments(y).Variance;
            return variance > 0 && double.IsFinite(variance) ? 0.5 * x.Length * Math.Log(variance) - (l - 1) * slope : double.PositiveInfinity;
        }, -2, 2);
        if (!Standardize) return new(name, lambda, 0, 1);
        for (int i = 0; i < y.Length; i++) y[i] = PowerColumns.Power(Method, x[i], lambda);
        var (mean, scale) = StandardScaler.MeanAndSpread(y);
        return new(name, lambda, mean, scale);
    }
}

/// <summary>A column that becomes (power of x − mean) / scale.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Lambda">The power λ.</param>
/// <param name="Mean">What is subtracted.</param>
/// <param name="Scale">What it is divided by.</param>
public sealed record PowerColumn(string Name, double Lambda, double Mean, double Scale);

/// <summary>What <see cref="PowerTransformer"/> learned.</summary>
public sealed record PowerColumns : IFittedTransformer
{
    const double Epsilon = 2.220446049250313e-16;

    /// <summary>The columns that are bent, with the power of each.</summary>
    public required ImmutableArray<PowerColumn> Columns { get; init; }

    /// <summary>The family that the powers are of.</summary>
    public required PowerMethod Method { get; init; }

    /// <inheritdoc/>
    public Frame Apply(Frame frame) => StepColumns.Map(nameof(PowerTransformer), frame, Columns.Select(c => c.Name), (i, values) =>
    {
        var (name, lambda, mean, scale) = Columns[i];
        if (Method == PowerMethod.BoxCox) CheckPositive(name, values);
        for (int row = 0; row < values.Length; row++) values[row] = (Power(Method, values[row], lambda) - mean) / scale;
    });

    internal static void CheckPositive(string name, double[] values)
    {
        int row = Array.FindIndex(values, v => v <= 0);
        if (row >= 0) throw new ArgumentException($"PowerTransformer: column '{name}' is {values[row]} in row {row}; Box and Cox's powers are of numbers above 0. Take Yeo and Johnson's.");
    }

    internal static double Power(PowerMethod method, double x, double lambda)
    {
        if (method == PowerMethod.BoxCox) return Math.Abs(lambda) < Epsilon ? Math.Log(x) : ExpM1(lambda * Math.Log(x)) / lambda;
        if (x >= 0) return Math.Abs(lambda) < Epsilon ? Log1P(x) : ExpM1(lambda * Log1P(x)) / lambda;
        return Math.Abs(lambda - 2) < Epsilon ? -Log1P(-x) : -ExpM1((2 - lambda) * Log1P(-x)) / (2 - lambda);
    }

    /// <summary>log(1 + x), exact for small x too.</summary>
    internal static double Log1P(double x)
    {
        double u = 1 + x;
        return u == 1 || double.IsInfinity(u) ? x : Math.Log(u) * (x / (u - 1));
    }

    /// <summary>eˣ − 1, exact for small x too.</summary>
    static double ExpM1(double x)
    {
        if (Math.Abs(x) < 1e-5) return x + x * x / 2 + x * x * x / 6;
        if (Math.Abs(x) > 0.5) return Math.Exp(x) - 1;
        double u = Math.Exp(x);
        return (u - 1) * x / Math.Log(u);
    }
}
