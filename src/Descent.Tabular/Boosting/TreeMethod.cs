namespace Descent.Tabular;

/// <summary>How boosting finds where to split.</summary>
public enum TreeMethod
{
    /// <summary>Exactly up to 4,096 rows, and by histograms above and for all that only these can do.</summary>
    Auto,

    /// <summary>Every value of every feature is tried, as XGBoost's exact method does. Grows level by level and takes no categories.</summary>
    Exact,

    /// <summary>Values fall into at most 255 bins, and the borders of the bins are tried.</summary>
    Histogram,
}

/// <summary>Which leaf of a growing tree is split next.</summary>
public enum TreeGrowth
{
    /// <summary>All leaves of a level, then those of the next, as XGBoost does by default.</summary>
    DepthWise,

    /// <summary>The leaf whose split gains most, as LightGBM does.</summary>
    LeafWise,
}
