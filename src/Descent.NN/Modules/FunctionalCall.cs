using Descent.Tensors;

namespace Descent.NN;

/// <summary>A forward pass with other tensors in the fields, which are put back afterwards.</summary>
static class FunctionalCall
{
    internal static Tensor Run(Module module, IReadOnlyDictionary<string, Tensor> parameters, Tensor input)
    {
        var slots = ModuleTree.Slots(module, distinct: false).ToArray();
        var difference = StateDicts.Compare(slots, parameters) with { Missing = [] };
        if (!difference.IsEmpty)
            throw new StateDictException($"Call: these are not parameters or buffers of {module.GetType().Name}, or their shapes differ.", difference);

        var replacements = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        foreach (var slot in slots)
            if (parameters.TryGetValue(slot.Key, out var value))
                replacements.TryAdd(slot.Tensor, slot.Tensor is Parameter ? Parameter.Through(value) : value);
        try
        {
            foreach (var slot in slots)
                if (replacements.TryGetValue(slot.Tensor, out var replacement)) slot.Field.Set(slot.Owner, replacement);
            return module.Forward(input);
        }
        finally
        {
            foreach (var slot in slots)
                if (replacements.ContainsKey(slot.Tensor)) slot.Field.Set(slot.Owner, slot.Tensor);
        }
    }
}
