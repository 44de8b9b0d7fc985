using System.Collections;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>Modules one after the other: each takes what the one before it gave.</summary>
public sealed class Sequential : Module, IReadOnlyList<Module>
{
    [Name("")]
    readonly OrderedDictionary<string, Module> _modules = [];

    /// <summary>Modules named by their place: <c>0</c>, <c>1</c>, …</summary>
    public Sequential(params IEnumerable<Module> modules)
    {
        foreach (var module in modules) _modules.Add(_modules.Count.ToString(), module);
    }

    /// <summary>Modules with names of their own.</summary>
    /// <exception cref="ArgumentException">A name is empty, has a dot or occurs twice.</exception>
    public Sequential(params IEnumerable<(string Name, Module Module)> modules)
    {
        foreach (var (name, module) in modules)
        {
            if (!KeyLevel.IsValid(name) || !_modules.TryAdd(name, module)) throw KeyLevel.Refuse(nameof(Sequential), name);
        }
    }

    /// <summary>The number of modules.</summary>
    public int Count => _modules.Count;

    /// <summary>The module at a place.</summary>
    public Module this[int index] => _modules.GetAt(index).Value;

    /// <summary>The module of a name.</summary>
    public Module this[string name] => _modules[name];

    /// <returns>What the last module gives; <paramref name="x"/> itself if there is none.</returns>
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        for (int i = 0; i < _modules.Count; i++)
        {
            if (FusedLayers.TryForward(this, i, ref x) is > 0 and var done)
            {
                i += done - 1;
                continue;
            }
            var module = _modules.GetAt(i).Value;
            x = module.Observed(module.Forward(x));
        }
        return x;
    }

    /// <inheritdoc/>
    public IEnumerator<Module> GetEnumerator() => _modules.Values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
