namespace Descent.Tabular;

/// <summary>What linear support vector machines have in common: Σ C wᵢ lossᵢ + ½ |β|², the constant being the weight of one more feature that is always the same.</summary>
/// <remarks>Fan, Chang, Hsieh, Wang and Lin, "LIBLINEAR: A Library for Large Linear Classification", 2008.</remarks>
public abstract record LinearSvmOptions
{
    private protected LinearSvmOptions() { }

    /// <summary>Weight of the losses beside the penalty.</summary>
    public double C { get; init => field = Check.Above(0, value); } = 1;

    /// <summary>Whether there is a constant.</summary>
    public bool FitIntercept { get; init; } = true;

    /// <summary>The value of the feature whose weight makes the constant; the greater, the less the penalty holds the constant back.</summary>
    public double InterceptScaling { get; init => field = Check.Above(0, value); } = 1;

    /// <summary>Where the descent stops: the greatest slope of the dual, or of the mean loss of features scaled alike.</summary>
    public double Tolerance { get; init => field = Check.Above(0, value); } = 1e-6;

    /// <summary>The greatest number of passes.</summary>
    public int MaxIterations { get; init => field = Check.AtLeast(1, value); } = 1000;

    /// <summary>Decides in which order rows are taken.</summary>
    public ulong Seed { get; init; }

    /// <summary>Smooth losses of many rows have fewer weights than dual coefficients.</summary>
    private protected static bool IsPrimal(Features x, bool isSquared) => isSquared && x.Rows > x.Columns;

    private protected LinearPenalty Penalty(double[] weights) => new(1 / (C * weights.Sum()), FitIntercept, 1 / (InterceptScaling * InterceptScaling));

    /// <summary>The coefficient of a row, whose size is at most the row's cost, or where losses are squared costs itself.</summary>
    private protected static DualRow Coefficient(double target, bool canBePositive, bool canBeNegative, double cost, bool isSquared)
    {
        bool isFree = isSquared && cost > 0;
        double most = isFree ? double.PositiveInfinity : cost;
        return new(target, canBeNegative ? -most : 0, canBePositive ? most : 0, isFree ? 1 / (2 * cost) : 0);
    }

    /// <summary>Weights and constant by the dual.</summary>
    private protected (double[] Weights, double Intercept) Dual(Features x, DualRow[] duals, double epsilon)
    {
        int columns = x.Columns, width = columns + 1;
        double[] rows = new double[x.Rows * width];
        for (int j = 0; j < columns; j++)
            for (int i = 0; i < x.Rows; i++) rows[i * width + j] = x.Column(j)[i];
        for (int i = 0; i < x.Rows; i++) rows[i * width + columns] = FitIntercept ? InterceptScaling : 0;
        double[] sum = DualCoordinateDescent.Minimize(rows, duals, epsilon, Tolerance, MaxIterations, Seed);
        return (sum[..columns], sum[columns] * rows[columns]);
    }
}
