using System.Globalization;

namespace Descent.NN;

/// <summary>Ends training where a figure has not become better for some rows.</summary>
/// <param name="monitor">The figure, such as <c>validation_loss</c>.</param>
/// <param name="patience">So many rows in succession without improvement end training.</param>
/// <param name="minDelta">How much better it must become to count.</param>
/// <param name="goal">Which values are better.</param>
public sealed class EarlyStopping(string monitor = "validation_loss", int patience = 3, double minDelta = 0, MetricGoal goal = MetricGoal.Min) : ITrainingCallback
{
    double _best = double.NaN;
    int _waited;

    /// <inheritdoc/>
    public void OnRow(Trainer trainer, MetricRow row)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        double value = row.Monitored(monitor);
        if (goal.IsBetter(value, _best, minDelta)) (_best, _waited) = (value, 0);
        else if (++_waited >= patience)
            trainer.Stop(string.Create(CultureInfo.InvariantCulture, $"{monitor} has not become better than {_best:G5} in {_waited} rows"));
    }

    /// <inheritdoc/>
    public string Save() => string.Create(CultureInfo.InvariantCulture, $"{_best:R} {_waited}");

    /// <inheritdoc/>
    public void Load(string state)
    {
        string[] parts = state.Split(' ');
        (_best, _waited) = (double.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture));
    }
}
