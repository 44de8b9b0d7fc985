using System.Collections;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>Modules by number, for a module that runs them in its own way.</summary>
public sealed class ModuleList : Module, IReadOnlyList<Module>
{
    [Name("")]
    readonly List<Module> _modules;

    /// <summary>A list of the given modules.</summary>
    public ModuleList(params IEnumerable<Module> modules) => _modules = [.. modules];

    /// <summary>The number of modules.</summary>
    public int Count => _modules.Count;

    /// <summary>The module at a place.</summary>
    public Module this[int index] => _modules[index];

    /// <summary>Appends a module.</summary>
    public void Add(Module module) => _modules.Add(module);

    /// <summary>A list has no function of its own.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override Tensor Forward(Tensor x) =>
        throw new NotSupportedException("A ModuleList only holds modules. Run them one by one, or use Sequential.");

    /// <inheritdoc/>
    public IEnumerator<Module> GetEnumerator() => _modules.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
