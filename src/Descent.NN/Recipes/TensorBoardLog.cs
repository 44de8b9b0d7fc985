using System.Globalization;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>Writes what TensorBoard shows of a run: curves of rows and steps, histograms of the parameters, and the settings.</summary>
sealed class TensorBoardLog(RunFolder folder, RunConfig config) : ITrainingCallback, IDisposable
{
    /// <summary>More values than this of one parameter are not counted into a histogram, but thinned out.</summary>
    const int MostValues = 1 << 16;

    TensorBoardWriter? _writer;
    int _steps;

    public void OnStart(Trainer trainer)
    {
        var state = trainer.State;
        _writer = new(folder.EventsFolder, state.Step > 0 ? state.Step + 1 : null);
        _steps = state.Steps.Records.Count;
        if (state.Step > 0) return;
        var settings = config.Table().Where(s => s.Name != "Version").ToDictionary(s => s.Name, s => Typed(s.Value));
        _writer.HyperParameters(settings, "validation_loss");
    }

    public void OnStep(Trainer trainer)
    {
        var records = trainer.State.Steps.Records;
        // Fewer than before means that every other one was dropped.
        if (records.Count == _steps) return;
        bool isNew = records.Count > _steps;
        _steps = records.Count;
        if (!isNew || records[^1].Step != trainer.State.Step) return;
        var step = records[^1];
        _writer!.Scalar("step/loss", step.Loss, step.Step);
        _writer.Scalar("step/learning_rate", step.LearningRate, step.Step);
        _writer.Scalar("step/gradient_norm", step.GradientNorm, step.Step);
    }

    public void OnRow(Trainer trainer, MetricRow row)
    {
        foreach (var (name, value) in row.Values) _writer!.Scalar(name, value, row.Step);
        foreach (var (name, parameter) in trainer.Task.Model.NamedParameters())
        {
            using var _ = Autograd.NoGrad();
            var values = parameter.Detach().Reshape(parameter.Elements);
            int every = (values.Elements + MostValues - 1) / MostValues;
            _writer!.Histogram(name, every > 1 ? values.Slice(0, 0, values.Elements, every) : values, row.Step);
        }
    }

    public void OnEnd(Trainer trainer) => _writer!.End();

    public void Dispose() => _writer?.Dispose();

    static object Typed(string value) => value is "True" or "False" ? value == "True"
        : double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : value;
}
