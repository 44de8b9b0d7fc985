using System.Text.Json.Nodes;
using Descent.Tensors;
using Descent.Tensors.Formats;

namespace Descent.NN.Tests;

/// <summary>A checkpoint is a file that anybody may have written: what does not fit is refused as damage, never by another failure.</summary>
public sealed class DamagedStateTests : IDisposable
{
    const string Key = "descent.training";

    readonly string _folder = Directory.CreateTempSubdirectory("descent-damaged-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    static Trainer<Example> Trainer(string folder) => Tiny.Trainer(new() { Epochs = 1, Precision = Precision.Float16, Ema = 0.9 }, t =>
    {
        t.Schedules.Add(new(new ExponentialLR(t.Task.Optimizers[0], 0.9)));
        t.Callbacks.Add(new EarlyStopping());
        t.Callbacks.Add(new BestCheckpoints(Path.Combine(folder, "best")));
    });

    public static TheoryData<string, string> Damages => new()
    {
        { "Version", "1" }, { "Version", "null" }, { "Epoch", "-1" }, { "Batch", "-3" }, { "Step", "1e30" }, { "Seconds", "-1" }, { "Seconds", "\"NaN\"" },
        { "Random", "3" }, { "Random.Offset", "-1" }, { "Rows", "null" }, { "Rows", "[null]" }, { "Rows.0.Values", "null" }, { "Steps", "null" },
        { "Steps.Every", "0" }, { "Steps.Records", "null" }, { "Sums", "null" }, { "Optimizers", "[]" }, { "Optimizers", "[null]" }, { "Optimizers", "[{}]" },
        { "Schedules", "[]" }, { "Schedules", "[null]" }, { "Schedules", "[{}]" }, { "Scaler", "null" }, { "Scaler", "{}" },
        { "Rows", "(none)" }, { "Rows.0.Values", "(none)" }, { "Steps", "(none)" }, { "Steps.Records", "(none)" }, { "Optimizers", "(none)" }, { "Callbacks", "(none)" },
        { "Callbacks", "[]" }, { "Callbacks.0", "\"\"" }, { "Callbacks.0", "\"1\"" }, { "Callbacks.0", "\"x y\"" }, { "Callbacks.0", "\"1 99999999999\"" }, { "Callbacks.1", "\"nonsense\"" }, { "Callbacks.1", "\"1 checkpoint.safetensors\"" }, { "Callbacks.1", "\"1 best-step/../../x.safetensors\"" },
    };

    [Theory, MemberData(nameof(Damages))]
    public void A_damaged_training_state_is_refused_as_such(string part, string value)
    {
        string file = Path.Combine(_folder, "checkpoint.safetensors");
        var trainer = Trainer(_folder);
        trainer.Run();
        trainer.Save(file);
        Trainer(_folder).Load(file);

        var opened = SafetensorsFile.Open((ReadOnlyMemory<byte>)File.ReadAllBytes(file));
        var state = JsonNode.Parse(opened.Metadata[Key])!;
        string[] path = part.Split('.');
        var parent = path[..^1].Aggregate(state, (node, name) => (int.TryParse(name, out int index) ? node[index] : node[name])!);
        if (value == "(none)") parent.AsObject().Remove(path[^1]);
        else if (int.TryParse(path[^1], out int last)) parent[last] = JsonNode.Parse(value);
        else parent[path[^1]] = JsonNode.Parse(value);
        Safetensors.Save(file, opened.Names.Select(name => KeyValuePair.Create(name, opened.Read(name))), [new(Key, state.ToJsonString())]);

        var error = Assert.Throws<InvalidDataException>(() => Trainer(_folder).Load(file));
        Assert.DoesNotContain("Exception", error.Message);
    }
}
