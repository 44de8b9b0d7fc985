namespace Descent.Tabular;

/// <summary>The configurations that <see cref="AutoModel"/> tries: few, unlike each other, and sound on most tables.</summary>
static class AutoCandidates
{
    /// <summary>Above so many rows neighbours are not asked: each prediction would look at all of them.</summary>
    const int MostNeighborRows = 20_000;

    /// <summary>Above so many values forests, which sort every feature anew in each node, draw half the rows for each tree.</summary>
    const long ManyValues = 1_000_000;

    internal static IEnumerable<(string Name, ILearner Learner)> Of(Target y, int columns, ulong seed, bool isRanking)
    {
        if (isRanking) return Rankers(seed);
        double share = (long)y.Count * columns > ManyValues ? 0.5 : 1;
        return y.Kind == TargetKind.Class ? Classifiers(y.Count, seed, share) : Regressors(y.Count, seed, share);
    }

    static IEnumerable<(string, ILearner)> Classifiers(int rows, ulong seed, double share)
    {
        yield return ("linear", new LogisticRegression());
        yield return ("linear, strong penalty", new LogisticRegression { C = 0.05 });
        yield return ("forest", new RandomForestClassifier { Trees = 200, SampleShare = share, Seed = seed });
        yield return ("extra trees", new ExtraTreesClassifier { Trees = 200, MinSamplesLeaf = 2, Seed = seed });
        yield return ("boosting, shallow", Shallow(new BoostingClassifier { Seed = seed }));
        yield return ("boosting, leaf by leaf", LeafWise(new BoostingClassifier { Seed = seed }));
        yield return ("boosting, slow", Slow(new BoostingClassifier { Seed = seed }));
        if (rows <= MostNeighborRows) yield return ("neighbours", new KNeighborsClassifier { Neighbors = Neighbors(rows) });
    }

    static IEnumerable<(string, ILearner)> Regressors(int rows, ulong seed, double share)
    {
        yield return ("linear", new Ridge());
        yield return ("linear, strong penalty", new Ridge { Alpha = Math.Max(10, 0.05 * rows) });
        yield return ("forest", new RandomForestRegressor { Trees = 200, MaxFeatures = MaxFeatures.Share(0.5), SampleShare = share, Seed = seed });
        yield return ("extra trees", new ExtraTreesRegressor { Trees = 200, MinSamplesLeaf = 2, Seed = seed });
        yield return ("boosting, shallow", Shallow(new BoostingRegressor { Seed = seed }));
        yield return ("boosting, leaf by leaf", LeafWise(new BoostingRegressor { Seed = seed }));
        yield return ("boosting, slow", Slow(new BoostingRegressor { Seed = seed }));
        if (rows <= MostNeighborRows) yield return ("neighbours", new KNeighborsRegressor { Neighbors = Neighbors(rows), Weighting = NeighborWeighting.Distance });
    }

    static IEnumerable<(string, ILearner)> Rankers(ulong seed)
    {
        yield return ("ranking, shallow", Shallow(new BoostingRanker { Seed = seed }));
        yield return ("ranking, leaf by leaf", LeafWise(new BoostingRanker { Seed = seed }));
        yield return ("ranking, slow", Slow(new BoostingRanker { Seed = seed }));
        yield return ("relevance, shallow", Shallow(new BoostingRegressor { Seed = seed }));
        yield return ("relevance, slow", Slow(new BoostingRegressor { Seed = seed }));
    }

    static int Neighbors(int rows) => Math.Clamp((int)Math.Sqrt(rows) / 4, 3, 25);

    static T Shallow<T>(T learner) where T : BoostingOptions =>
        (T)(learner with { Rounds = 200, LearningRate = 0.08f, MaxDepth = 3, Subsample = 0.7, ColumnsByNode = 0.7, MinChildWeight = 1 });

    static T LeafWise<T>(T learner) where T : BoostingOptions =>
        (T)(learner with { Rounds = 150, LearningRate = 0.1f, Growth = TreeGrowth.LeafWise, MaxDepth = 0, MaxLeaves = 31, MinRowsInLeaf = 20, MinChildWeight = 1e-3f });

    static T Slow<T>(T learner) where T : BoostingOptions =>
        (T)(learner with { Rounds = 600, LearningRate = 0.03f, Growth = TreeGrowth.LeafWise, MaxDepth = 0, MaxLeaves = 31, MinRowsInLeaf = 15, MinChildWeight = 1e-3f, Subsample = 0.8, ColumnsByNode = 0.5, Lambda = 3 });
}
