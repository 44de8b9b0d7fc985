using System.Globalization;
using System.Text.Json;
using Descent.Tensors;
using Descent.Tensors.Formats;

namespace Descent.NN;

/// <summary>
/// Weights in the files that Hugging Face has: <c>model.safetensors</c>, or for large models several shards beside
/// <c>model.safetensors.index.json</c>. A tensor that stands in several places of a model is written once.
/// </summary>
public static class Pretrained
{
    const string Single = "model.safetensors", Index = "model.safetensors.index.json";

    /// <summary>Above this a file is cut into shards, as Hugging Face does.</summary>
    const long DefaultShardBytes = 5L << 30;

    /// <summary>Writes a module's state dict into a folder.</summary>
    /// <param name="module">The module.</param>
    /// <param name="folder">The folder; it is made where it is missing.</param>
    /// <param name="maxShardBytes">The most bytes of tensors in one file, except that a file holds at least one tensor.</param>
    /// <exception cref="IOException">The files cannot be written.</exception>
    public static void Save(Module module, string folder, long maxShardBytes = DefaultShardBytes)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxShardBytes);
        Directory.CreateDirectory(folder);
        var shards = new List<List<KeyValuePair<string, Tensor>>>();
        long total = 0, used = 0;
        foreach (var item in Distinct(module))
        {
            long bytes = (long)item.Value.Elements * item.Value.DType.Size;
            if (shards.Count == 0 || used + bytes > maxShardBytes)
            {
                shards.Add([]);
                used = 0;
            }
            shards[^1].Add(item);
            used += bytes;
            total += bytes;
        }
        if (shards.Count <= 1)
        {
            SaveFile(module, Path.Combine(folder, Single));
            return;
        }
        string Name(int i) => string.Create(CultureInfo.InvariantCulture, $"model-{i + 1:D5}-of-{shards.Count:D5}.safetensors");
        for (int i = 0; i < shards.Count; i++) Safetensors.Save(Path.Combine(folder, Name(i)), shards[i], s_metadata);
        AtomicFile.Write(Path.Combine(folder, Index), file =>
        {
            using var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteNumber("total_size", total);
            json.WriteEndObject();
            json.WriteStartObject("weight_map");
            for (int i = 0; i < shards.Count; i++)
                foreach (var (key, _) in shards[i]) json.WriteString(key, Name(i));
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    /// <summary>Writes a module's state dict into one safetensors file.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void SaveFile(Module module, string path) => Safetensors.Save(path, Distinct(module), s_metadata);

    static readonly KeyValuePair<string, string>[] s_metadata = [new("format", "pt")];

    static IEnumerable<KeyValuePair<string, Tensor>> Distinct(Module module) =>
        ModuleTree.Slots(module, distinct: true).Where(s => s.Field.IsSaved).Select(s => KeyValuePair.Create(s.Key, s.Tensor.Detach()));

    /// <summary>All tensors of a file, or of a folder with one file or an index of shards.</summary>
    /// <exception cref="InvalidDataException">A file is damaged, or the index names what is not there.</exception>
    /// <exception cref="FileNotFoundException">There are no weights.</exception>
    public static OrderedDictionary<string, Tensor> Load(string path)
    {
        if (File.Exists(path)) return Path.GetFileName(path).EndsWith(".index.json", StringComparison.Ordinal) ? LoadShards(path) : Safetensors.Load(path);
        string single = Path.Combine(path, Single), index = Path.Combine(path, Index);
        return File.Exists(single) ? Safetensors.Load(single) : File.Exists(index) ? LoadShards(index)
            : throw new FileNotFoundException($"{path} has neither {Single} nor {Index}.");
    }

    /// <summary>Copies the weights of a file or folder into a module.</summary>
    /// <param name="module">The module.</param>
    /// <param name="path">What <see cref="Load(string)"/> takes.</param>
    /// <param name="rename">From a key of the file to the module's own, or to null for what is not wanted.</param>
    /// <param name="strict">Whether keys that are missing or unexpected are errors. What the module holds twice is needed once.</param>
    /// <returns>The keys that did not match; none if <paramref name="strict"/>.</returns>
    /// <exception cref="StateDictException">The keys or shapes do not fit; nothing was loaded.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or two keys get one name.</exception>
    public static StateDictDifference Load(Module module, string path, Func<string, string?>? rename = null, bool strict = true)
    {
        ArgumentNullException.ThrowIfNull(module);
        var state = new Dictionary<string, Tensor>();
        foreach (var (key, x) in Load(path))
            if ((rename is null ? key : rename(key)) is { } name && !state.TryAdd(name, x))
                throw new InvalidDataException($"{path}: two tensors would be called \"{name}\".");
        foreach (var twins in ModuleTree.Slots(module, distinct: false).Where(s => s.Field.IsSaved).GroupBy(s => s.Tensor, ReferenceEqualityComparer.Instance))
            if (twins.Select(s => state.GetValueOrDefault(s.Key)).FirstOrDefault(x => x is not null) is { } known)
                foreach (var slot in twins) state.TryAdd(slot.Key, known);
        return module.LoadStateDict(state, strict);
    }

    static OrderedDictionary<string, Tensor> LoadShards(string index)
    {
        var map = new OrderedDictionary<string, string>();
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(index));
            foreach (var entry in json.RootElement.GetProperty("weight_map").EnumerateObject())
                if (!map.TryAdd(entry.Name, entry.Value.GetString() ?? "")) throw new InvalidDataException($"{index}: the key \"{entry.Name}\" occurs twice.");
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException($"{index} is no index of shards: {error.Message}", error);
        }
        string folder = Path.GetDirectoryName(Path.GetFullPath(index))!;
        var files = new Dictionary<string, SafetensorsFile>();
        var tensors = new OrderedDictionary<string, Tensor>();
        foreach (var (key, name) in map)
        {
            // A shard lies beside its index, wherever a stranger's index would like it to be.
            if (name.Length == 0 || name != Path.GetFileName(name) || name.Contains('\\') || !File.Exists(Path.Combine(folder, name)))
                throw new InvalidDataException($"{index}: the shard \"{name}\" of \"{key}\" is not there.");
            if (!files.TryGetValue(name, out var file)) files.Add(name, file = SafetensorsFile.Open(Path.Combine(folder, name)));
            if (!file.Contains(key)) throw new InvalidDataException($"{index}: the shard \"{name}\" does not hold \"{key}\".");
            tensors.Add(key, file.Read(key));
        }
        return tensors;
    }
}
