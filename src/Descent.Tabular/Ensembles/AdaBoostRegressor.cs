using System.Collections.Immutable;
using System.Numerics.Tensors;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>How errors of AdaBoost.R2 count, relative to the greatest one.</summary>
public enum AdaBoostLoss
{
    /// <summary>As they are.</summary>
    Linear,

    /// <summary>Squared.</summary>
    Square,

    /// <summary>As 1 − exp(−e).</summary>
    Exponential,
}

/// <summary>AdaBoost.R2: members trained on rows drawn by weights that grow where those before were far off; their weighted median is the prediction.</summary>
/// <remarks>Drucker, "Improving Regressors using Boosting Techniques", 1997.</remarks>
public sealed record AdaBoostRegressor : AdaBoostOptions, IRegressor<AdaBoostRegressionModel>
{
    /// <summary>What each member is; a tree of depth 3 by default.</summary>
    public IRegressor<IRegressionModel> Base { get; init; } = new DecisionTreeRegressor { MaxDepth = 3 };

    /// <inheritdoc/>
    public LearnerInput Takes => Base.Takes;

    /// <summary>How errors count.</summary>
    public AdaBoostLoss Loss { get; init; }

    /// <summary>Decides which rows are drawn.</summary>
    public ulong Seed { get; init; }

    /// <inheritdoc/>
    public AdaBoostRegressionModel Fit(Features x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights = default)
    {
        double[] w = Training.Check(nameof(AdaBoostRegressor), x, y, weights), targets = y.ToArray();
        TensorPrimitives.Divide<double>(w, TensorPrimitives.Sum<double>(w), w);
        var members = new List<IRegressionModel>();
        var (votes, errors) = (new List<double>(), new List<double>());
        long[] drawn = new long[x.Rows];
        for (int round = 0; round < Rounds; round++)
        {
            new Generator(Seed, (ulong)round + 1).Categorical<double>(w, drawn);
            int[] rows = Array.ConvertAll(drawn, d => (int)d);
            var member = Base.Fit(x.Take(rows), Array.ConvertAll(rows, row => targets[row]));
            double[] loss = Losses(member.Predict(x), targets, w);
            double error = TensorPrimitives.Dot<double>(w, loss);
            if (error <= 0)
            {
                Add(member, 1, 0);
                break;
            }
            if (error >= 0.5)
            {
                if (members.Count == 0) Add(member, 1, error);
                break;
            }
            double beta = error / (1 - error);
            Add(member, LearningRate * Math.Log(1 / beta), error);
            for (int i = 0; i < w.Length; i++)
                if (w[i] > 0) w[i] *= Math.Pow(beta, (1 - loss[i]) * LearningRate);
            double sum = TensorPrimitives.Sum<double>(w);
            if (!(sum > 0)) break;
            TensorPrimitives.Divide<double>(w, sum, w);
        }
        return new() { Schema = x.Schema, Members = [.. members], Weights = [.. votes], Errors = [.. errors] };

        void Add(IRegressionModel member, double vote, double error)
        {
            members.Add(member);
            votes.Add(vote);
            errors.Add(error);
        }
    }

    double[] Losses(double[] predicted, double[] y, double[] w)
    {
        double[] loss = new double[y.Length];
        double most = 0;
        for (int i = 0; i < y.Length; i++)
        {
            loss[i] = Math.Abs(predicted[i] - y[i]);
            if (w[i] > 0) most = Math.Max(most, loss[i]);
        }
        if (most == 0) return loss;
        return Array.ConvertAll(loss, l => Loss switch
        {
            AdaBoostLoss.Linear => l / most,
            AdaBoostLoss.Square => l / most * (l / most),
            _ => 1 - Math.Exp(-l / most),
        });
    }
}

/// <summary>What <see cref="AdaBoostRegressor"/> learned.</summary>
public sealed record AdaBoostRegressionModel : IRegressionModel
{
    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <summary>The members, in the order they were trained.</summary>
    public required ImmutableArray<IRegressionModel> Members { get; init; }

    /// <summary>The weight of each member.</summary>
    public required ImmutableArray<double> Weights { get; init; }

    /// <summary>The mean loss of each member.</summary>
    public required ImmutableArray<double> Errors { get; init; }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> rows, Span<double> y)
    {
        var all = new double[Members.Length][];
        for (int m = 0; m < all.Length; m++) Members[m].Predict(rows, all[m] = new double[y.Length]);
        double half = Weights.Sum() / 2;
        double[] said = new double[all.Length];
        int[] order = new int[all.Length];
        for (int i = 0; i < y.Length; i++)
        {
            for (int m = 0; m < all.Length; m++) (said[m], order[m]) = (all[m][i], m);
            Array.Sort(said, order);
            double sum = 0;
            int at = 0;
            while ((sum += Weights[order[at]]) < half && at + 1 < order.Length) at++;
            y[i] = said[at];
        }
    }
}
