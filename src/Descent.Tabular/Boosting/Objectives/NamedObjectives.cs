using System.Globalization;

namespace Descent.Tabular;

/// <summary>Objectives of numbers by the names that people type: <c>poisson</c>, or with a parameter <c>quantile:0.9</c>.</summary>
static class NamedObjectives
{
    static readonly (string Name, Func<double?, BoostingObjective> Make)[] s_all =
    [
        ("squared", _ => new SquaredObjective()),
        ("absolute", _ => new AbsoluteObjective()),
        ("huber", delta => delta is { } d ? new HuberObjective { Delta = (float)d } : new HuberObjective()),
        ("pseudo_huber", delta => delta is { } d ? new PseudoHuberObjective { Delta = (float)d } : new PseudoHuberObjective()),
        ("quantile", level => new QuantileObjective { Levels = [level ?? 0.5] }),
        ("logistic", _ => new LogisticObjective()),
        ("poisson", _ => new PoissonObjective()),
        ("gamma", _ => new GammaObjective()),
        ("tweedie", power => power is { } p ? new TweedieObjective { Power = (float)p } : new TweedieObjective()),
    ];

    internal static string List => string.Join(", ", s_all.Select(o => o.Name)) + " (huber, pseudo_huber, quantile and tweedie also with a number, as quantile:0.9)";

    internal static BoostingObjective Parse(string text)
    {
        string[] parts = text.Split(':', 2);
        var (name, make) = s_all.FirstOrDefault(o => SettingNames.Same(o.Name, parts[0]));
        if (name is null || (parts.Length == 2 && name is not ("huber" or "pseudo_huber" or "quantile" or "tweedie"))) throw new FormatException();
        return make(parts.Length == 1 ? null : double.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    internal static string Name(BoostingObjective objective) => objective switch
    {
        HuberObjective o => With("huber", o.Delta),
        PseudoHuberObjective o => With("pseudo_huber", o.Delta),
        QuantileObjective { Levels: [var level] } => With("quantile", level),
        TweedieObjective o => With("tweedie", o.Power),
        SquaredObjective => "squared",
        AbsoluteObjective => "absolute",
        LogisticObjective => "logistic",
        PoissonObjective => "poisson",
        GammaObjective => "gamma",
        CustomObjective o => o.Name,
        _ => objective.GetType().Name,
    };

    static string With(string name, double parameter) => string.Create(CultureInfo.InvariantCulture, $"{name}:{(float)parameter}");
}
