using System.Globalization;

namespace Descent.Tabular;

/// <summary>The models that a fit tries.</summary>
static class TableCandidates
{
    internal const string Auto = "auto";

    internal static IReadOnlyList<(string Name, Pipeline Pipeline)> Of(TableFit fit, Frame seen, Target y)
    {
        string[] apart = fit.Weights is null ? [] : [fit.Weights];
        if (!string.Equals(fit.Model, Auto, StringComparison.OrdinalIgnoreCase))
        {
            var learner = Seeded(LearnerCatalog.Create(fit.Model, y.Kind), fit.Seed);
            foreach (var (name, value) in fit.Settings) learner = learner.With(name, value);
            return [(fit.Model.ToLowerInvariant(), Pipeline.Default(seen, fit.Target, learner, apart))];
        }
        if (!fit.Settings.IsEmpty)
            throw new ArgumentException($"{fit.Settings[0].Name}={fit.Settings[0].Value} is an option of one model, but several are tried. Name the model.");
        return [.. ((string[])["boosting", "forest", "linear"]).Select(name => (name, Pipeline.Default(seen, fit.Target, Seeded(LearnerCatalog.Create(name, y.Kind), fit.Seed), apart)))];
    }

    static ILearner Seeded(ILearner learner, ulong seed) =>
        LearnerSettings.Of(learner).Any(s => s.Name == "seed") ? learner.With("seed", seed.ToString(CultureInfo.InvariantCulture)) : learner;
}
