using System.Text;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>How a state dict differs from what a module holds.</summary>
public sealed record StateDictDifference
{
    /// <summary>Keys that the module has and the state dict lacks.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>Keys of the state dict that the module has no place for.</summary>
    public IReadOnlyList<string> Unexpected { get; init; } = [];

    /// <summary>Keys whose tensors do not fit, with the shape that is there and the shape that is needed.</summary>
    public IReadOnlyList<(string Key, Shape Given, Shape Expected)> Mismatched { get; init; } = [];

    /// <summary>Whether everything fits.</summary>
    public bool IsEmpty => Missing.Count == 0 && Unexpected.Count == 0 && Mismatched.Count == 0;

    /// <summary>One line per key.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (string key in Missing) text.Append($"\n  missing     {key}");
        foreach (string key in Unexpected) text.Append($"\n  unexpected  {key}");
        foreach (var (key, given, expected) in Mismatched) text.Append($"\n  mismatched  {key}: {given}, expected {expected}");
        return text.Length == 0 ? "no difference" : text.ToString(1, text.Length - 1);
    }
}

/// <summary>A state dict that does not fit a module; the message lists every key that differs.</summary>
public sealed class StateDictException : Exception
{
    /// <summary>An error without a message.</summary>
    public StateDictException() { }

    /// <summary>An error that says what does not fit.</summary>
    public StateDictException(string message) : base(message) { }

    /// <summary>An error with its cause.</summary>
    public StateDictException(string message, Exception inner) : base(message, inner) { }

    internal StateDictException(string intent, StateDictDifference difference) : base($"{intent}\n{difference}") => Difference = difference;

    /// <summary>The keys that do not fit.</summary>
    public StateDictDifference Difference { get; } = new();
}

/// <summary>Loading of values by key.</summary>
static class StateDicts
{
    internal static StateDictDifference Load(Module module, IReadOnlyDictionary<string, Tensor> state, bool strict)
    {
        var slots = ModuleTree.Slots(module, distinct: false).Where(s => s.Field.IsSaved).ToArray();
        var difference = Compare(slots, state);
        if (difference.Mismatched.Count > 0 || (strict && !difference.IsEmpty))
            throw new StateDictException($"The state dict does not fit {module.GetType().Name}; nothing was loaded.", difference);
        using var _ = Autograd.NoGrad();
        foreach (var slot in slots)
            if (state.TryGetValue(slot.Key, out var value)) slot.Tensor.Copy_(value.Detach().To(slot.Tensor.DType));
        return difference;
    }

    internal static StateDictDifference Compare(IReadOnlyCollection<TensorSlot> slots, IReadOnlyDictionary<string, Tensor> state)
    {
        var known = slots.Select(s => s.Key).ToHashSet(StringComparer.Ordinal);
        return new()
        {
            Missing = [.. slots.Where(s => !state.ContainsKey(s.Key)).Select(s => s.Key)],
            Unexpected = [.. state.Keys.Where(key => !known.Contains(key))],
            Mismatched = [.. from slot in slots
                             where state.TryGetValue(slot.Key, out var value) && value.Shape != slot.Tensor.Shape
                             select (slot.Key, state[slot.Key].Shape, slot.Tensor.Shape)],
        };
    }
}
