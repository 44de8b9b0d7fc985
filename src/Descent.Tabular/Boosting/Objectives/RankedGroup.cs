namespace Descent.Tabular;

/// <summary>The items of a group by falling score, equal scores in the order of their rows, and what swapping two changes.</summary>
sealed class RankedGroup
{
    readonly BoostingTargets _targets;
    readonly float[] _scores;
    readonly int[] _rows;
    readonly RankingGoal _goal;
    readonly double _best;
    readonly double[] _precision = [], _without = [], _with = [];
    readonly int[] _hits = [];

    internal RankedGroup(BoostingTargets targets, int group, float[] scores, RankingGoal goal, int truncation)
    {
        (_targets, _scores, _goal) = (targets, scores, goal);
        _rows = targets.Group(group).ToArray();
        Array.Sort(_rows, (a, b) => scores[a] != scores[b] ? scores[b].CompareTo(scores[a]) : a.CompareTo(b));
        if (goal == RankingGoal.Ndcg)
        {
            float[] relevance = Array.ConvertAll(_rows, row => targets.Values[row]);
            Array.Sort(relevance);
            for (int i = 0; i < Math.Min(truncation, relevance.Length); i++) _best += Gain(relevance[^(i + 1)]) * Discount(i);
        }
        else if (goal == RankingGoal.MeanAveragePrecision)
        {
            int n = _rows.Length, hits = 0;
            (_precision, _without, _with, _hits) = (new double[n], new double[n], new double[n], new int[n]);
            double precision = 0, without = 0, with = 0;
            for (int i = 0; i < n; i++)
            {
                if (Relevance(i) > 0)
                {
                    hits++;
                    precision += hits / (i + 1.0);
                    without += (hits - 1) / (i + 1.0);
                    with += (hits + 1) / (i + 1.0);
                }
                (_precision[i], _without[i], _with[i], _hits[i]) = (precision, without, with, hits);
            }
        }
    }

    internal int Count => _rows.Length;

    internal int Row(int place) => _rows[place];

    internal float Score(int place) => _scores[_rows[place]];

    internal float Relevance(int place) => _targets.Values[_rows[place]];

    internal static double Gain(float relevance) => (1L << (int)relevance) - 1;

    internal static double Discount(int place) => 1 / Math.Log2(place + 2.0);

    /// <summary>By how much the figure changes if two items swap their places.</summary>
    internal double Change(int high, int low) => _goal switch
    {
        RankingGoal.Ndcg => _best == 0 ? 0 : Math.Abs((Gain(Relevance(high)) - Gain(Relevance(low))) * (Discount(high) - Discount(low))) / _best,
        RankingGoal.MeanAveragePrecision => PrecisionChange(Math.Min(high, low), Math.Max(high, low)),
        _ => 1,
    };

    double PrecisionChange(int first, int second)
    {
        bool firstCounts = Relevance(first) > 0, secondCounts = Relevance(second) > 0;
        if (firstCounts == secondCounts || _hits[^1] == 0) return 0;
        double before = _precision[second] - (first > 0 ? _precision[first - 1] : 0);
        double after = secondCounts
            ? _with[second - 1] - _with[first] + (_hits[first] + 1.0) / (first + 1)
            : _without[second - 1] - _without[first] + _hits[second] / (second + 1.0);
        return Math.Abs((after - before) / _hits[^1]);
    }
}

/// <summary>The draws of partners: the minimal standard generator, seeded by the round, over a range by rejection.</summary>
/// <remarks>Park, Miller and Stockmeyer, 1993.</remarks>
sealed class PairDraws(int round)
{
    const ulong Multiplier = 48271, Modulus = 2147483647;

    ulong _state = (ulong)(round + 1) * 1111 % Modulus;

    /// <summary>A number from 0 to <paramref name="count"/> − 1.</summary>
    internal int Below(int count)
    {
        const ulong Range = Modulus - 2;
        ulong scale = Range / (ulong)count, past = scale * (ulong)count, drawn;
        do
        {
            _state = _state * Multiplier % Modulus;
            drawn = _state - 1;
        }
        while (drawn >= past);
        return (int)(drawn / scale);
    }
}
