namespace Descent.Tabular;

/// <summary>What is done with events that happen at the same time.</summary>
public enum CoxTies
{
    /// <summary>Each is at the risk of all (Breslow).</summary>
    Breslow,

    /// <summary>They leave one after another, on average over their orders (Efron).</summary>
    Efron,
}

/// <summary>
/// Cox's partial likelihood of proportional hazards: predictions are hazard ratios, e to the power of the score. A positive target is
/// the time of an event, a negative one minus the time until which none was seen.
/// </summary>
/// <remarks>
/// Cox, "Regression Models and Life-Tables", 1972; Breslow, 1974; Efron, 1977. Where times tie, all events of a time count for each row
/// of that time, whatever the order of the rows.
/// </remarks>
public sealed record CoxObjective : BoostingObjective
{
    /// <summary>What is done with events that happen at the same time.</summary>
    public CoxTies Ties { get; init; }

    internal override float Margin(float prediction) => LogScore.Margin(prediction);

    // A factor common to all hazards changes nothing.
    internal override double Start(BoostingTargets targets) => 1;

    internal override void Gradients(float[] margins, BoostingTargets targets, int round, float[] gradients, float[] hessians)
    {
        double[] risk = Risks(margins);
        double first = 0, second = 0;
        foreach (var (rows, atRisk, events, eventRisk) in Times(targets, risk))
        {
            double firstTied = 0, secondTied = 0;
            for (int e = 0; e < events; e++)
            {
                double gone = Ties == CoxTies.Efron ? (double)e / events : 0, all = atRisk - gone * eventRisk;
                first += 1 / all;
                second += 1 / (all * all);
                // An event has gone from a share of the risks that it shares.
                firstTied += gone / all;
                secondTied += (1 - (1 - gone) * (1 - gone)) / (all * all);
            }
            foreach (int row in rows)
            {
                bool isEvent = targets.Values[row] > 0;
                double r = risk[row], f = isEvent ? first - firstTied : first, s = isEvent ? second - secondTied : second;
                gradients[row] = (float)((r * f - (isEvent ? 1 : 0)) * targets.Weights[row]);
                hessians[row] = (float)((r * f - r * r * s) * targets.Weights[row]);
            }
        }
    }

    /// <summary>The negative partial log likelihood by event, each of weight 1.</summary>
    internal override double Loss(float[] margins, BoostingTargets targets)
    {
        double[] risk = Risks(margins);
        double sum = 0;
        int count = 0;
        foreach (var (rows, atRisk, events, eventRisk) in Times(targets, risk))
        {
            for (int e = 0; e < events; e++) sum += Math.Log(atRisk - (Ties == CoxTies.Efron ? eventRisk * e / events : 0));
            foreach (int row in rows)
                if (targets.Values[row] > 0) sum -= margins[row];
            count += events;
        }
        return sum / count;
    }

    internal override void Transform(Span<float> margins) => LogScore.Transform(margins);

    internal override string? Refuse(double target) => target != 0 ? null : "a time must not be 0: positive of an event, negative where none was seen";

    internal override BoostingMetric DefaultMetric => BoostingMetric.Loss("cox-nloglik");

    static double[] Risks(float[] margins) => Array.ConvertAll(margins, m => Math.Exp(m));

    /// <summary>The rows of each time, rising, with the risk of all that are still there, and how many events there are of what risk.</summary>
    static IEnumerable<(ArraySegment<int> Rows, double AtRisk, int Events, double EventRisk)> Times(BoostingTargets targets, double[] risk)
    {
        float[] times = Array.ConvertAll(targets.Values, Math.Abs);
        int[] order = [.. Enumerable.Range(0, times.Length)];
        Array.Sort(order, (a, b) => times[a] != times[b] ? times[a].CompareTo(times[b]) : a.CompareTo(b));
        double atRisk = 0;
        foreach (int row in order) atRisk += risk[row];
        for (int start = 0, end; start < order.Length; start = end)
        {
            double leaving = 0, eventRisk = 0;
            int events = 0;
            for (end = start; end < order.Length && times[order[end]] == times[order[start]]; end++)
            {
                int row = order[end];
                leaving += risk[row];
                if (targets.Values[row] <= 0) continue;
                events++;
                eventRisk += risk[row];
            }
            yield return (new(order, start, end - start), atRisk, events, eventRisk);
            atRisk -= leaving;
        }
    }
}
