namespace Descent.Tabular.Tests;

/// <summary>The tables that steps are compared on.</summary>
public enum Table
{
    Numbers,
    Gaps,
    ThreeRows,
    Levels,
    Texts,
    ShortTexts,
}

/// <summary>A step fitted to a table, and what scikit-learn 1.2.1 makes of it, row by row.</summary>
public sealed record StepReference(string Name, ITransformer<IFittedTransformer> Step, Table Table, double[] Expected)
{
    /// <summary>A maximum of likelihood is found to about the root of the precision of numbers.</summary>
    public double Tolerance { get; init; } = 1e-12;

    public override string ToString() => Name;
}

/// <summary>Steps beside scikit-learn's; the signs of components are made those of their greatest weights.</summary>
public sealed class StepReferenceTests
{
    public static TheoryData<StepReference> Steps =>
    [
        new("mean", new SimpleImputer(), Table.Gaps, [1.5, 0.2, 1.0166666666666666, 8, -0.75, 1.1, 4, 2.6, 0.3, 3.4666666666666663, 2.25, 5.5, -1.2, 3.4]),
        new("median", new SimpleImputer { Strategy = Imputation.Median }, Table.Gaps, [1.5, 0.2, 0.9, 8, -0.75, 1.1, 4, 2.6, 0.3, 3, 2.25, 5.5, -1.2, 3.4]),
        new("nearest rows", new KnnImputer { Neighbors = 2 }, Table.Gaps, [1.5, 0.2, 0.525, 8, -0.75, 1.1, 4, 2.6, 0.3, 0.65, 2.25, 5.5, -1.2, 3.4]),
        new("nearest rows by distance", new KnnImputer { Neighbors = 3, Weighting = NeighborWeighting.Distance }, Table.Gaps, [1.5, 0.2, 1.7193017656500802, 8, -0.75, 1.1, 4, 2.6, 0.3, 1.4194174757281555, 2.25, 5.5, -1.2, 3.4]),
        new("standard", new StandardScaler(), Table.Gaps, [0.27016809620733756, -1.238919242164219, double.NaN, 1.7193164993299368, -0.9875109723440613, -0.8975843489148934, 1.6675892834866695, -0.3286928601660172, -0.40059407368674177, double.NaN, 0.6893944523911372, 0.77116401808181, -1.239046786054341, -0.025284066166616628]),
        new("min-max", new MinMaxScaler { Least = -1, Most = 3 }, Table.Numbers, [1.0769230769230766, -1, 1.6538461538461535, 3, -0.653846153846154, -0.5384615384615384, 3, 0.23076923076923084, 0.15384615384615363, -0.641025641025641, 1.6538461538461535, 1.717948717948718, -1, 0.6410256410256412]),
        new("max-abs", new MaxAbsScaler(), Table.Numbers, [0.375, 0.025, 0.5625, 1, -0.1875, 0.1375, 1, 0.325, 0.075, 0.1125, 0.5625, 0.6875, -0.3, 0.425]),
        new("robust", new RobustScaler(), Table.Numbers, [0, -0.6956521739130435, 0.30303030303030304, 1.565217391304348, -0.9090909090909091, -0.43478260869565216, 1.0101010101010102, 0, -0.4848484848484848, -0.4927536231884058, 0.30303030303030304, 0.8405797101449275, -1.090909090909091, 0.23188405797101444]),
        new("quantiles", new QuantileTransformer { QuantileCount = 4 }, Table.Gaps, [0.6203703703703705, 0, double.NaN, 1, 0.1304347826086957, 0.1578947368421053, 1, 0.41666666666666674, 0.3981481481481482, double.NaN, 0.7407407407407407, 0.7863247863247864, 0, 0.55]),
        new("quantiles, normal", new QuantileTransformer { Output = QuantileOutput.Normal }, Table.Gaps, [0.2993069104656671, -5.199337582605575, double.NaN, 5.19933758270342, -0.904762168431241, -0.883786279781473, 5.19933758270342, -0.1867561210637371, -0.26699412540495254, double.NaN, 0.7452173252375655, 0.8242704012305047, -5.199337582605575, 0.1525059742462445]) { Tolerance = 1e-9 },
        new("Yeo and Johnson", new PowerTransformer(), Table.Numbers, [0.24458161177941928, -1.5309039670305506, 0.6499515042872508, 1.502381410458873, -1.1529089715848515, -0.6893460177564434, 1.5405560361953596, 0.12185965245410713, -0.4531196962405658, -0.8399037845033205, 0.6499515042872508, 1.0118733625245417, -1.4790119887238642, 0.4240393438527902]) { Tolerance = 1e-6 },
        new("Box and Cox", new PowerTransformer { Method = PowerMethod.BoxCox, Columns = ["b"] }, Table.Numbers, [1.5, -1.6457682189500995, 2.25, 1.4740957291095182, -0.75, -0.6126109075446682, 4, 0.14417762353250885, 0.3, -0.763053219836449, 2.25, 0.9806239759662139, -1.2, 0.4225350177229756]) { Tolerance = 1e-6 },
        new("bins, quantile", new Binning { Bins = 3, Strategy = BinStrategy.Quantile }, Table.Numbers, [1, 0, 2, 2, 0, 1, 2, 1, 1, 0, 2, 2, 0, 2]),
        new("bins, uniform", new Binning { Bins = 3, Strategy = BinStrategy.Uniform }, Table.Numbers, [1, 0, 1, 2, 0, 0, 2, 0, 0, 0, 1, 2, 0, 1]),
        new("bins, kmeans", new Binning { Bins = 3, Strategy = BinStrategy.KMeans }, Table.Numbers, [1, 0, 1, 2, 0, 0, 2, 1, 0, 0, 1, 2, 0, 1]),
        new("bins, one-hot", new Binning { Bins = 2, OneHot = true }, Table.Numbers, [0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 1, 0, 0, 1, 0, 1, 1, 0, 1, 0, 0, 1, 0, 1, 1, 0, 0, 1]),
        new("products", new PolynomialFeatures(), Table.ThreeRows, [1.5, 0.2, 2.25, 0.30000000000000004, 0.04000000000000001, 2.25, 8, 5.0625, 18, 64, -0.75, 1.1, 0.5625, -0.8250000000000001, 1.2100000000000002]),
        new("components", new Pca(), Table.Numbers, [-2.6401501160827383, 1.2385249691637912, 4.976312399314019, -0.603213001220722, -2.5253484084471305, -1.1820783787484488, 0.4453888697957211, 2.8163238050817685, -2.371016298518987, -0.12440092326160378, 2.6137414884265824, 0.2142579102057989, -0.49892793448746275, -2.3594143812205863]),
        new("components, whitened", new Pca { Whiten = true }, Table.Numbers, [-0.9054563869905377, 0.7389512527154147, 1.706658200293744, -0.35989989221390417, -0.8660844062903221, -0.7052730631452091, 0.15274896468742857, 1.680326239383385, -0.8131552210137284, -0.07422233735439476, 0.896399379043429, 0.12783444427257548, -0.17111052973001187, -1.4077166436578685]),
        new("singular vectors", new TruncatedSvd { Components = 1 }, Table.Numbers, [0.7113721525468811, 8.282002299240839, 0.7687207918440429, 3.8334709018829045, 0.9480993526602393, 5.939487990662749, 2.766642653377695]),
        new("one-hot", new OneHotEncoder(), Table.Levels, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1]),
        new("one-hot but one", new OneHotEncoder { Drop = DroppedLevel.First }, Table.Levels, [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1]),
        new("one-hot, rare grouped", new OneHotEncoder { MinCount = 2 }, Table.Levels, [1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1]),
        new("ordinal", new OrdinalEncoder(), Table.Levels, [0, 1, 2, 0, 1, 0, 3]),
        new("hashed", new FeatureHasher { Width = 4 }, Table.Levels, [0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1, 0]),
        new("TF-IDF", new TextVectorizer(), Table.Texts, [0, 0.5412799489419371, 0, 0, 0.3432724906138499, 0.3432724906138499, 0.6865449812276998, 0, 0, 0.43779123108611473, 0.5552826649411127, 0.43779123108611473, 0, 0, 0, 0.5552826649411127, 0.5355662725381126, 0, 0, 0.8444932017012523, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        new("TF-IDF of pairs", new TextVectorizer { Tokens = new() { Most = 2 }, MinDocuments = 2, SublinearTf = true, SmoothIdf = false, Norm = TextNorm.L1 }, Table.Texts, [1, 0, 0.5, 0.5, 0, 1, 0, 0]),
        new("letters within words", new TextVectorizer { Idf = false, Tokens = new() { Kind = TokenKind.CharactersInWords, Least = 2, Most = 3 } }, Table.ShortTexts, [1, 1, 0, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 0, 1, 1, 1, 1, 0, 1, 1, 0, 1, 0, 0, 0, 0, 1]),
        new("letters", new TextVectorizer { Tokens = new() { Kind = TokenKind.Characters, Most = 2 } }, Table.ShortTexts, [0, 0, 0.5557557593123346, 0.2778778796561673, 0.5557557593123346, 0, 0.39054766417182263, 0.39054766417182263, 0, 0.42567716283146345, 0.42567716283146345, 0.3028728072833121, 0.3028728072833121, 0.3028728072833121, 0.42567716283146345, 0, 0, 0.42567716283146345]),
        new("hashed text", new TextHasher { Width = 4 }, Table.Texts, [0.4082482904638631, 0, -0.4082482904638631, 0.8164965809277261, -0.5, 0.5, -0.5, 0.5, 0, 0.8944271909999159, -0.4472135954999579, 0, 0, 0, 0, 0]),
    ];

    [Theory, MemberData(nameof(Steps))]
    public void Steps_agree_with_scikit_learn(StepReference step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var frame = Frame(step.Table);
        var result = step.Step.Fit(frame).Apply(frame);
        double[] actual = [.. Enumerable.Range(0, result.Rows).SelectMany(row => result.Columns.Select(c => Number(c, row)))];
        Assert.Equal(step.Expected, actual, (a, b) => (double.IsNaN(a) && double.IsNaN(b)) || Math.Abs(a - b) <= step.Tolerance * Math.Max(1, Math.Abs(a)));
    }

    [Fact]
    public void Mutual_information_agrees_with_scikit_learn()
    {
        double[] a = [4.17022, 7.203245, 0.001144, 3.023326, 1.467559, 0.923386, 1.862602, 3.455607, 3.967675, 5.388167, 4.191945, 6.852195, 2.044522, 8.781174, 0.273876, 6.704675, 4.173048, 5.586898, 1.403869, 1.981015, 8.007446, 9.682616, 3.134242, 6.923226, 8.763892, 8.946067, 0.850442, 0.390548, 1.698304, 8.781425, 0.983468, 4.211076, 9.578895, 5.331653, 6.918771, 3.155156, 6.865009, 8.346257, 0.182883, 7.501443], b = [0.988861, 0.748166, 0.280444, 0.789279, 0.103226, 0.447894, 0.908596, 0.293614, 0.287775, 0.130029, 0.019367, 0.678836, 0.211628, 0.265547, 0.491573, 0.053363, 0.574118, 0.146729, 0.589306, 0.699758, 0.102334, 0.414056, 0.6944, 0.414179, 0.049953, 0.535896, 0.663795, 0.514889, 0.944595, 0.586555, 0.903402, 0.137475, 0.139276, 0.807391, 0.397677, 0.165354, 0.927509, 0.347766, 0.750812, 0.725998], y = [7.222479, 9.713285, 0.616157, 5.767023, 1.931116, 2.17764, 4.734945, 4.313777, 5.170489, 6.234199, 4.905719, 8.469754, 2.246172, 9.426475, 1.796606, 7.127615, 5.990092, 5.420425, 3.079926, 4.328681, 8.383476, 11.153387, 5.150744, 8.105536, 8.969719, 10.67677, 2.901317, 1.970918, 4.33089, 10.654359, 3.73022, 4.962346, 10.356398, 7.809373, 7.999217, 3.459599, 9.774584, 9.412757, 2.332163, 9.692516];
        var frame = new Frame(Column.Of("a", a), Column.Of("b", b));
        var classes = Target.Of(Labels.From([.. y.Select(v => v > 6 ? 1L : 0)]));
        var parts = new Frame(Column.Categories("a", a.Select(v => v > 7 ? "2" : v > 3 ? "1" : "0")), Column.Of("b", [.. b.Select(v => v > 0.5)]));
        Assert.Equal([0.88613142, 0], Rounded(frame, Target.Of(y)));
        Assert.Equal([0.53771242, 0], Rounded(frame, classes));
        Assert.Equal([0.39428698, 0.001533], Rounded(parts, classes));

        static double[] Rounded(Frame frame, Target target) => [.. new SelectByMutualInformation().Scores(frame, target).Select(s => Math.Round(s.Score, 8))];
    }

    static double Number(Column column, int row) => column switch
    {
        var c when c.IsMissing(row) => double.NaN,
        FloatColumn c => c[row],
        BooleanColumn c => c[row] ? 1 : 0,
        var c => throw new ArgumentException($"'{c.Name}' is {c.Type}."),
    };

    static Frame Frame(Table table)
    {
        double[] a = [1.5, 2.25, -0.75, 4.0, 0.3, 2.25, -1.2], b = [0.2, 8.0, 1.1, 2.6, 0.9, 5.5, 3.4];
        switch (table)
        {
            case Table.Levels: return new(Column.Categories("c", ["a", "b", "c", "a", "b", "a", "d"]));
            case Table.Texts: return new(Column.Of("t", ["The cat sat, the CAT ran.", "a cat & 2 dogs: über-cats", "dogs dogs 42", "x"]));
            case Table.ShortTexts: return new(Column.Of("t", ["abba", "ab c"]));
            case Table.ThreeRows: return new(Column.Of("a", a[..3]), Column.Of("b", b[..3]));
            case Table.Gaps:
                (a[1], b[4]) = (double.NaN, double.NaN);
                break;
        }
        return new(Column.Of("a", a), Column.Of("b", b));
    }
}
