using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Descent.Tensors.Formats;

namespace Descent.Tabular;

/// <summary>Models in <c>.descent</c> files: a zip of what the model is, written whole or not at all; the same model gives the same bytes.</summary>
public static class ModelFile
{
    const string About = "about.json", Model = "model.json", Metrics = "metrics.json", Provenance = "provenance.json", Kind = "descent-model", PipelineKind = "descent-pipeline";
    const int Version = 1;

    // A model's bytes may not depend on when it was saved.
    static readonly DateTimeOffset s_date = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    extension(IModel model)
    {
        /// <summary>Writes the model.</summary>
        /// <exception cref="IOException">The file cannot be written.</exception>
        public void Save(string path) => AtomicFile.Write(path, model.Save);

        /// <summary>Writes the model to a stream.</summary>
        public void Save(Stream stream) => Save(stream, Kind, model, ModelJson.Model);
    }

    extension(PipelineModel model)
    {
        /// <summary>Writes the pipeline: its input, its steps and its model.</summary>
        /// <exception cref="IOException">The file cannot be written.</exception>
        public void Save(string path) => AtomicFile.Write(path, model.Save);

        /// <summary>Writes the pipeline to a stream.</summary>
        public void Save(Stream stream) => Save(stream, PipelineKind, model, ModelJson.Pipeline);
    }

    /// <summary>Writes a pipeline with its figures and where it comes from.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(TableModel table, string path) => AtomicFile.Write(path, stream => Save(table, stream));

    /// <summary>Writes a pipeline with its figures and where it comes from to a stream.</summary>
    public static void Save(TableModel table, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(table);
        Save(stream, PipelineKind, table.Pipeline, ModelJson.Pipeline, zip =>
        {
            // For people and other programs; what is read again stands in the model.
            Write(zip, "schema.json", part => JsonSerializer.Serialize(part, table.Pipeline.Input, FitJson.Default.FrameSchema));
            if (table.Metrics is { } metrics) Write(zip, Metrics, part => JsonSerializer.Serialize(part, metrics, FitJson.Default.FitMetrics));
            if (table.Provenance is { } provenance) Write(zip, Provenance, part => JsonSerializer.Serialize(part, provenance, FitJson.Default.FitProvenance));
        });
    }

    static void Save<T>(Stream stream, string kind, T model, JsonTypeInfo<T> info, Action<ZipArchive>? more = null)
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        Write(zip, About, part =>
        {
            using var json = new Utf8JsonWriter(part);
            json.WriteStartObject();
            json.WriteString("kind", kind);
            json.WriteNumber("version", Version);
            json.WriteEndObject();
        });
        Write(zip, Model, part => JsonSerializer.Serialize(part, model, info));
        more?.Invoke(zip);
    }

    /// <summary>Reads a model.</summary>
    /// <typeparam name="TModel">What it is taken for, such as <see cref="IRegressionModel"/>.</typeparam>
    /// <exception cref="InvalidDataException">It is no model file, it is damaged, or its model is another.</exception>
    public static TModel Load<TModel>(string path) where TModel : class, IModel
    {
        using var stream = File.OpenRead(path);
        return Load<TModel>(stream, path);
    }

    /// <summary>Reads a model from a stream that can seek.</summary>
    /// <typeparam name="TModel">What it is taken for, such as <see cref="IRegressionModel"/>.</typeparam>
    /// <exception cref="InvalidDataException">It is no model file, it is damaged, or its model is another.</exception>
    public static TModel Load<TModel>(Stream stream) where TModel : class, IModel => Load<TModel>(stream, "Model file");

    /// <summary>Reads a pipeline.</summary>
    /// <exception cref="InvalidDataException">It is no file of a pipeline, or it is damaged.</exception>
    public static PipelineModel LoadPipeline(string path)
    {
        using var stream = File.OpenRead(path);
        return Read(stream, path, PipelineKind, ModelJson.Pipeline, PipelineCheck.Fault);
    }

    /// <summary>Reads a pipeline from a stream that can seek.</summary>
    /// <exception cref="InvalidDataException">It is no file of a pipeline, or it is damaged.</exception>
    public static PipelineModel LoadPipeline(Stream stream) => Read(stream, "Pipeline file", PipelineKind, ModelJson.Pipeline, PipelineCheck.Fault);

    /// <summary>Reads a pipeline, and what its file tells of it.</summary>
    /// <exception cref="InvalidDataException">It is no file of a pipeline, or it is damaged.</exception>
    public static TableModel LoadTable(string path)
    {
        using var stream = File.OpenRead(path);
        return LoadTable(stream, path);
    }

    /// <summary>Reads a pipeline, and what its file tells of it, from a stream that can seek.</summary>
    /// <exception cref="InvalidDataException">It is no file of a pipeline, or it is damaged.</exception>
    public static TableModel LoadTable(Stream stream) => LoadTable(stream, "Pipeline file");

    static TableModel LoadTable(Stream stream, string file)
    {
        ArgumentNullException.ThrowIfNull(stream);
        long start = stream.Position;
        var pipeline = Read(stream, file, PipelineKind, ModelJson.Pipeline, PipelineCheck.Fault);
        stream.Position = start;
        return Guard(file, () =>
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            var (metrics, provenance) = (Part(zip, Metrics, FitJson.Default.FitMetrics), Part(zip, Provenance, FitJson.Default.FitProvenance));
            if (metrics is { Scores.IsDefaultOrEmpty: true } or { Trials.IsDefault: true } or { Importances.IsDefault: true } or { Warnings.IsDefault: true } || metrics?.Scores.Any(s => s is null || s.PerFold.IsDefault) == true
                || metrics?.Trials.Contains(null!) == true || metrics?.Importances.Contains(null!) == true || provenance is { Options.IsDefault: true } || provenance?.Options.Contains(null!) == true)
                throw new InvalidDataException("a list of what it tells of the model is missing");
            return new TableModel(pipeline, metrics, provenance);
        });
    }

    static T? Part<T>(ZipArchive zip, string name, JsonTypeInfo<T> info) where T : class =>
        zip.GetEntry(name) is null ? null : JsonSerializer.Deserialize(Read(zip, name), info);

    static TModel Load<TModel>(Stream stream, string file) where TModel : class, IModel
    {
        var model = Read(stream, file, Kind, ModelJson.Model, ModelCheck.Fault);
        return model as TModel ?? throw new InvalidDataException($"{file}: it holds a {model.GetType().Name}; expected a {typeof(TModel).Name}.");
    }

    static T Read<T>(Stream stream, string file, string kind, JsonTypeInfo<T> info, Func<T, string?> fault) where T : class
    {
        using var zip = Guard(file, () => new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true));
        var (its, version) = Guard(file, () =>
        {
            using var about = JsonDocument.Parse(Read(zip, About));
            return (about.RootElement.GetProperty("kind").GetString(), about.RootElement.GetProperty("version").GetInt32());
        });
        if (its != kind)
            throw new InvalidDataException(its is Kind or PipelineKind ? $"{file}: it is of kind {its}; expected {kind}." : $"{file}: this zip holds no model.");
        if (version > Version) throw new InvalidDataException($"{file}: it is of version {version}, and this program reads up to {Version}. Update it.");
        return Guard(file, () =>
        {
            byte[] json = Read(zip, Model);
            if (kind == PipelineKind && JsonScan.HasNullInList(json, except: nameof(PipelineModel.Model))) throw new InvalidDataException("a list has a gap");
            var model = JsonSerializer.Deserialize(json, info) ?? throw new InvalidDataException("there is no model in it");
            return fault(model) is { } reason ? throw new InvalidDataException(reason) : model;
        });
    }

    static T Guard<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is InvalidDataException or JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException or NotSupportedException or EndOfStreamException)
        {
            throw new InvalidDataException($"{file}: this is no model file, or it is damaged: {error.Message.TrimEnd('.')}.", error);
        }
    }

    static void Write(ZipArchive zip, string name, Action<Stream> write)
    {
        var entry = zip.CreateEntry(name, CompressionLevel.Optimal);
        entry.LastWriteTime = s_date;
        using var part = entry.Open();
        write(part);
    }

    /// <summary>What is not there is left out of the files, but for leaves without a line; any other null, which a list would take, is no value of ours.</summary>
    static void NoNull(string name, byte[] json)
    {
        var reader = new Utf8JsonReader(json);
        int lines = -1;
        bool isLines = false;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.StartArray && isLines) lines = reader.CurrentDepth;
            else if (reader.TokenType == JsonTokenType.EndArray && reader.CurrentDepth == lines) lines = -1;
            else if (reader.TokenType == JsonTokenType.Null && (lines < 0 || reader.CurrentDepth != lines + 1))
                throw new InvalidDataException($"{name} holds a null at byte {reader.TokenStartIndex}");
            isLines = reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals(nameof(Tree.LinearLeaves));
        }
    }

    /// <summary>A part, whose checksum is compared.</summary>
    static byte[] Read(ZipArchive zip, string name)
    {
        const long Longest = int.MaxValue / 2;
        var entry = zip.GetEntry(name) ?? throw new InvalidDataException($"there is no {name} in it");
        using var part = entry.Open();
        using var memory = new MemoryStream();
        byte[] buffer = new byte[1 << 16];
        for (int read; (read = part.Read(buffer)) > 0;)
        {
            memory.Write(buffer, 0, read);
            // What unpacks to more than it says is no honest zip.
            if (memory.Length > Math.Min(Longest, entry.Length)) throw new InvalidDataException($"{name} is longer than it says");
        }
        byte[] bytes = memory.ToArray();
        NoNull(name, bytes);
        return Crc32.Compute(bytes) == entry.Crc32 ? bytes : throw new InvalidDataException($"the checksum of {name} is wrong");
    }
}
