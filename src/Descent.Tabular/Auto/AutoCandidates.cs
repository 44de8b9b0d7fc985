namespace Descent.Tabular;

/// <summary>The configurations that <see cref="AutoModel"/> tries: few, unlike each other, and sound on most tables.</summary>
static class AutoCandidates
{
    /// <summary>Above so many rows neighbours are not asked: each prediction would look at all of them.</summary>
    const int MostNeighborRows = 20_000;

    /// <summary>Above so many rows forests, which try every value of every feature, have half the trees, each of half the rows: together they say nearly the same.</summary>
    const int ManyRows = 5000;

    internal static IEnumerable<(string Name, ILearner Learner)> Of(Target y, ulong seed, bool isRanking)
    {
        if (isRanking) return Rankers(y.Count, seed);
        return y.Kind == TargetKind.Class ? Classifiers(y.Count, seed) : Regressors(y.Count, seed);
    }

    static IEnumerable<(string, ILearner)> Classifiers(int rows, ulong seed)
    {
        yield return ("linear", new LogisticRegression());
        yield return ("linear, strong penalty", new LogisticRegression { C = 0.05 });
        yield return ("forest", Forest(new RandomForestClassifier { Seed = seed }, rows));
        yield return ("extra trees", Forest(new ExtraTreesClassifier { MinSamplesLeaf = 2, Seed = seed }, rows));
        yield return ("boosting, shallow", Shallow(new BoostingClassifier { Seed = seed }));
        yield return ("boosting, leaf by leaf", LeafWise(new BoostingClassifier { Seed = seed }));
        yield return ("boosting, slow", Slow(new BoostingClassifier { Seed = seed }));
        if (rows <= MostNeighborRows) yield return ("neighbours", new KNeighborsClassifier { Neighbors = Neighbors(rows) });
    }

    static IEnumerable<(string, ILearner)> Regressors(int rows, ulong seed)
    {
        yield return ("linear", new Ridge());
        yield return ("linear, strong penalty", new Ridge { Alpha = Math.Max(10, 0.05 * rows) });
        yield return ("forest", Forest(new RandomForestRegressor { MaxFeatures = MaxFeatures.Share(0.5), Seed = seed }, rows));
        yield return ("extra trees", Forest(new ExtraTreesRegressor { MinSamplesLeaf = 2, Seed = seed }, rows));
        yield return ("boosting, shallow", Shallow(new BoostingRegressor { Seed = seed }));
        yield return ("boosting, leaf by leaf", LeafWise(new BoostingRegressor { Seed = seed }));
        yield return ("boosting, slow", Slow(new BoostingRegressor { Seed = seed }));
        if (rows <= MostNeighborRows) yield return ("neighbours", new KNeighborsRegressor { Neighbors = Neighbors(rows), Weighting = NeighborWeighting.Distance });
    }

    static IEnumerable<(string, ILearner)> Rankers(int rows, ulong seed)
    {
        yield return ("ranking, shallow", Shallow(new BoostingRanker { Seed = seed }));
        yield return ("ranking, leaf by leaf", LeafWise(new BoostingRanker { Seed = seed }));
        yield return ("ranking, slow", Slow(new BoostingRanker { Seed = seed }));
        yield return ("relevance, shallow", Shallow(new BoostingRegressor { Seed = seed }));
        yield return ("relevance, slow", Slow(new BoostingRegressor { Seed = seed }));
        yield return ("relevance, forest", Forest(new RandomForestRegressor { MaxFeatures = MaxFeatures.SquareRoot, MinSamplesLeaf = 2, Seed = seed }, rows));
    }

    static int Neighbors(int rows) => Math.Clamp((int)Math.Sqrt(rows) / 4, 3, 25);

    static T Forest<T>(T learner, int rows) where T : ForestOptions =>
        (T)(learner with { Trees = rows > ManyRows ? 100 : 200, SampleShare = rows > ManyRows ? 0.5 : 1 });

    static T Shallow<T>(T learner) where T : BoostingOptions =>
        (T)(learner with { Rounds = 200, LearningRate = 0.08f, MaxDepth = 3, Subsample = 0.7, ColumnsByNode = 0.7, MinChildWeight = 1 });

    static T LeafWise<T>(T learner) where T : BoostingOptions =>
        (T)(learner with { Rounds = 150, LearningRate = 0.1f, Growth = TreeGrowth.LeafWise, MaxDepth = 0, MaxLeaves = 31, MinRowsInLeaf = 20, MinChildWeight = 1e-3f });

    static T Slow<T>(T learner) where T : BoostingOptions =>
        (T)(learner with { Rounds = 600, LearningRate = 0.03f, Growth = TreeGrowth.LeafWise, MaxDepth = 0, MaxLeaves = 31, MinRowsInLeaf = 15, MinChildWeight = 1e-3f, Subsample = 0.8, ColumnsByNode = 0.5, Lambda = 3 });
}
