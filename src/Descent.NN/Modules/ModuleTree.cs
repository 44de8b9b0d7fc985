using Descent.Tensors;

namespace Descent.NN;

/// <summary>A tensor in its place: the field of the module that holds it.</summary>
readonly record struct TensorSlot(string Key, Module Owner, ModuleField Field, Tensor Tensor);

/// <summary>Walks over a module and everything below it.</summary>
static class ModuleTree
{
    /// <summary>All modules with their names, parents first.</summary>
    /// <param name="distinct">Whether a module that stands in several places is named once.</param>
    internal static IEnumerable<(string Name, Module Module)> Walk(Module root, bool distinct)
    {
        var seen = new HashSet<Module>(ReferenceEqualityComparer.Instance);
        var path = new List<Module>();
        return Enter("", root);

        IEnumerable<(string, Module)> Enter(string name, Module module)
        {
            if (distinct && !seen.Add(module)) yield break;
            if (path.Contains(module))
                throw new InvalidOperationException($"{module.GetType().Name} holds itself, as '{name}'. Mark the field that leads back with [NotSaved].");
            yield return (name, module);
            path.Add(module);
            foreach (var (key, child) in module.NamedChildren())
                foreach (var found in Enter(Join(name, key), child))
                    yield return found;
            path.RemoveAt(path.Count - 1);
        }
    }

    /// <summary>All places of parameters and buffers: of each module first its parameters, then its buffers, then its children's.</summary>
    /// <param name="distinct">Whether a tensor that stands in several places is named once.</param>
    internal static IEnumerable<TensorSlot> Slots(Module root, bool distinct)
    {
        var seen = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        foreach (var (name, module) in Walk(root, distinct))
        {
            var fields = ModuleFields.Of(module).Tensors;
            for (int pass = 0; pass < 2; pass++)
                foreach (var field in fields)
                    if (field.Get(module) is Tensor tensor && tensor is not Parameter { IsDerived: true } && tensor is Parameter == (pass == 0) && (!distinct || seen.Add(tensor)))
                        yield return new(Join(name, field.Key), module, field, tensor);
        }
    }

    /// <summary>Two parts of a key; an empty one drops its level.</summary>
    static string Join(string name, string key) => name.Length == 0 ? key : key.Length == 0 ? name : $"{name}.{key}";
}
