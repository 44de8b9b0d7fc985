using Descent.Metrics;

namespace Descent.Metrics.Tests;

public sealed class ConfusionMatrixTests
{
    static ConfusionMatrix Sample()
    {
        var matrix = new ConfusionMatrix(3);
        matrix.Update([0, 0, 1, 1, 1, 2], [0, 1, 1, 1, 2, 2]);
        return matrix;
    }

    [Fact]
    public void Counts_stand_at_truth_and_prediction()
    {
        var matrix = Sample();
        Assert.Equal([1L, 1, 0, 0, 2, 1, 0, 0, 1], from t in Enumerable.Range(0, 3) from p in Enumerable.Range(0, 3) select matrix[t, p]);
        Assert.Equal(6, matrix.Total);
        Assert.Equal(4, matrix.Correct);
        Assert.Equal(4 / 6.0, matrix.Accuracy, 12);
    }

    [Fact]
    public void The_table_has_a_row_for_each_true_class_and_columns_of_one_width()
    {
        Assert.Equal("   0  1  2\n0  1  1  0\n1  0  2  1\n2  0  0  1", Sample().ToString());

        var wide = new ConfusionMatrix(2);
        wide.Update(new long[12], new long[12]);
        Assert.Equal("    0   1\n0  12   0\n1   0   0", wide.ToString());
    }

    [Fact]
    public void Precision_and_recall_divide_by_columns_and_rows()
    {
        var matrix = Sample();
        Assert.Equal([0.5, 2 / 3.0, 1], Enumerable.Range(0, 3).Select(matrix.Recall));
        Assert.Equal([1, 2 / 3.0, 0.5], Enumerable.Range(0, 3).Select(matrix.Precision));
        Assert.True(double.IsNaN(new ConfusionMatrix(2).Recall(0)));
    }

    [Fact]
    public void Merging_is_counting_both()
    {
        var (a, b) = (Sample(), Sample());
        a.Merge(b);
        Assert.Equal(12, a.Total);
        Assert.Equal(b.Accuracy, a.Accuracy);
        Assert.Throws<ArgumentException>(() => a.Merge(new ConfusionMatrix(2)));
    }

    [Fact]
    public void A_label_that_is_no_class_counts_nothing()
    {
        var matrix = Sample();
        var error = Assert.Throws<ArgumentException>(() => matrix.Update([0, 3], [0, 0]));
        Assert.Contains("item 1 is of class 3", error.Message);
        Assert.Throws<ArgumentException>(() => matrix.Update([0], [0, 1]));
        Assert.Equal(6, matrix.Total);
    }
}
