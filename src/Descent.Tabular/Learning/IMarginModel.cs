namespace Descent.Tabular;

/// <summary>Gives the scores that its predictions are made of, such as log odds.</summary>
public interface IMarginModel : IModel
{
    /// <summary>How many scores a row has.</summary>
    int Scores { get; }

    /// <summary>The scores of rows that lie one after another.</summary>
    /// <param name="rows">(n × features) numbers.</param>
    /// <param name="margins">(n × scores) numbers.</param>
    void Margins(ReadOnlySpan<double> rows, Span<double> margins);
}
