namespace Descent.Tabular;

/// <summary>How pure the targets of a node are, while its rows move from the right of a split to its left.</summary>
/// <typeparam name="TSelf">The criterion itself.</typeparam>
interface ICriterion<TSelf> where TSelf : struct, ICriterion<TSelf>
{
    /// <summary>Numbers that a node says.</summary>
    int Outputs { get; }

    /// <summary>Orders in which the levels of a category are tried.</summary>
    int Orders { get; }

    double LeftWeight { get; }

    double RightWeight { get; }

    /// <summary>The same targets, with sums of its own, so that another thread may use it.</summary>
    TSelf Clone();

    /// <summary>Takes the rows of a node; all are on the right.</summary>
    void Start(ReadOnlySpan<int> rows);

    /// <summary>Takes all rows back to the right.</summary>
    void Reset();

    void MoveLeft(int row);

    /// <summary>The impurity of all rows.</summary>
    double Impurity();

    /// <summary>Grows as the split gets better; cheaper than the improvement itself.</summary>
    double Proxy();

    (double Left, double Right) Children();

    /// <summary>By how much the split lowers the impurity of all rows of the tree, whose weight is <paramref name="total"/>.</summary>
    double Improvement(double impurity, double left, double right, double total);

    /// <summary>What the node says.</summary>
    void Value(Span<double> value);

    /// <summary>What levels are ordered by: a statistic of the rows of one.</summary>
    double Statistic(ReadOnlySpan<int> rows, int order);
}

/// <summary>What criteria share.</summary>
static class Criterion
{
    internal static double Improvement(double leftWeight, double rightWeight, double impurity, double left, double right, double total)
    {
        double weight = leftWeight + rightWeight;
        return weight / total * (impurity - rightWeight / weight * right - leftWeight / weight * left);
    }
}
