using Descent.Tensors;

namespace Descent.NN;

/// <summary>Writes an event file that TensorBoard shows: curves, histograms, images and hyper-parameters.</summary>
/// <remarks>
/// Every record is handed to the operating system at once, so a killed run loses nothing that was logged. Field numbers
/// are those of TensorFlow's <c>event.proto</c> and <c>summary.proto</c>, and of the hparams plugin's <c>plugin_data.proto</c>.
/// </remarks>
public sealed class TensorBoardWriter : IDisposable
{
    readonly FileStream _file;

    /// <summary>Starts a new event file in a folder; TensorBoard reads all of a folder's files as one run.</summary>
    /// <param name="folder">The folder; it is made where it does not exist.</param>
    /// <param name="resumeAt">The step a resumed run goes on from: what earlier files hold of later steps is not shown.</param>
    /// <exception cref="IOException">The file cannot be made.</exception>
    public TensorBoardWriter(string folder, long? resumeAt = null)
    {
        Directory.CreateDirectory(folder);
        // TensorBoard reads the files in the order of their names.
        string time = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds().ToString("D14", System.Globalization.CultureInfo.InvariantCulture);
        string name = $"events.out.tfevents.{time[..^3]}.{time[^3..]}.{Environment.ProcessId}";
        _file = new(Path.Combine(folder, name), FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        Write(0, e => e.String(EventField.FileVersion, "brain.Event:2"));
        if (resumeAt is { } step) Write(step, e => e.Message(EventField.SessionLog, log => log.Varint(1, SessionStart)));
    }

    const int SessionStart = 1;

    /// <summary>The path of the event file.</summary>
    public string FileName => _file.Name;

    /// <summary>One point of a curve.</summary>
    /// <param name="tag">The curve's name; a slash groups curves.</param>
    /// <param name="value">The value; NaN and infinities are shown as such.</param>
    /// <param name="step">Where it stands on the horizontal axis.</param>
    public void Scalar(string tag, double value, long step) => Summary(tag, step, v => v.Float(ValueField.Simple, (float)value));

    /// <summary>The distribution of a tensor's values.</summary>
    public void Histogram(string tag, Tensor values, long step)
    {
        using var _ = Autograd.NoGrad();
        Histogram(tag, values.Detach().To(DType.Float32).Contiguous().AsSpan<float>(), step);
        GC.KeepAlive(values);
    }

    /// <summary>The distribution of values; NaN and infinities are left out.</summary>
    public void Histogram(string tag, ReadOnlySpan<float> values, long step)
    {
        var buckets = new HistogramBuckets(values);
        Summary(tag, step, v => v.Message(ValueField.Histogram, h =>
        {
            h.Double(1, buckets.Min);
            h.Double(2, buckets.Max);
            h.Double(3, buckets.Count);
            h.Double(4, buckets.Sum);
            h.Double(5, buckets.SumOfSquares);
            h.Doubles(6, buckets.Limits);
            h.Doubles(7, buckets.Counts);
        }));
    }

    /// <summary>A picture.</summary>
    public void Image(string tag, PngImage image, long step) => Summary(tag, step, v => v.Message(ValueField.Image, i =>
    {
        i.Varint(1, image.Height);
        i.Varint(2, image.Width);
        i.Varint(3, image.Channels);
        i.Bytes(4, image.Encode());
    }));

    /// <summary>The settings of a run and the metrics to compare runs by, for the tab of hyper-parameters.</summary>
    /// <param name="settings">Numbers, as double or an integer type, booleans, or text.</param>
    /// <param name="metrics">Tags of the scalars that tell how good the run is.</param>
    /// <exception cref="ArgumentException">A setting is of another type.</exception>
    public void HyperParameters(IReadOnlyDictionary<string, object> settings, params IEnumerable<string> metrics)
    {
        var values = settings.Select(s => (s.Key, Value: HyperParameter.From(s.Key, s.Value))).ToArray();
        Plugin("_hparams_/experiment", data => data.Message(2, experiment =>
        {
            foreach (var (name, value) in values)
                experiment.Message(4, info =>
                {
                    info.String(1, name);
                    info.Varint(4, value.Type);
                });
            foreach (string metric in metrics) experiment.Message(5, info => info.Message(1, n => n.String(2, metric)));
        }));
        Plugin("_hparams_/session_start_info", data => data.Message(3, start =>
        {
            foreach (var (name, value) in values)
                start.Message(1, entry =>
                {
                    entry.String(1, name);
                    entry.Message(2, value.Write);
                });
            start.Double(5, Now());
        }));
    }

    /// <summary>Tells the tab of hyper-parameters that the run has ended.</summary>
    /// <param name="succeeded">Whether it did what it should.</param>
    public void End(bool succeeded = true) => Plugin("_hparams_/session_end_info", data => data.Message(4, end =>
    {
        end.Varint(1, succeeded ? 1 : 2);
        end.Double(2, Now());
    }));

    void Plugin(string tag, Action<ProtobufWriter> content) => Summary(tag, 0, v => v.Message(ValueField.Metadata, metadata =>
        metadata.Message(1, plugin =>
        {
            plugin.String(1, "hparams");
            plugin.Message(2, content);
        })));

    void Summary(string tag, long step, Action<ProtobufWriter> value) => Write(step, e => e.Message(EventField.Summary, summary =>
        summary.Message(1, v =>
        {
            v.String(ValueField.Tag, tag);
            value(v);
        })));

    void Write(long step, Action<ProtobufWriter> content)
    {
        var e = new ProtobufWriter();
        e.Double(EventField.WallTime, Now());
        e.Varint(EventField.Step, step);
        content(e);
        using var record = new MemoryStream();
        EventFile.Append(record, e.Written);
        _file.Write(record.GetBuffer().AsSpan(0, (int)record.Length));
    }

    static double Now() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
