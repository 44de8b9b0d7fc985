using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Descent.NN;

/// <summary>Modules by name, for a module that runs them in its own way.</summary>
public sealed class ModuleDict : Module, IReadOnlyDictionary<string, Module>
{
    [Name("")]
    readonly OrderedDictionary<string, Module> _modules = [];

    /// <summary>A dictionary of the given modules, in this order.</summary>
    /// <exception cref="ArgumentException">A name is empty, has a dot or occurs twice.</exception>
    public ModuleDict(params IEnumerable<(string Name, Module Module)> modules)
    {
        foreach (var (name, module) in modules) Add(name, module);
    }

    /// <inheritdoc/>
    public int Count => _modules.Count;

    /// <inheritdoc/>
    public Module this[string key] => _modules[key];

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _modules.Keys;

    /// <inheritdoc/>
    public IEnumerable<Module> Values => _modules.Values;

    /// <summary>Appends a module.</summary>
    /// <exception cref="ArgumentException">The name is empty, has a dot or occurs already.</exception>
    public void Add(string name, Module module)
    {
        if (!KeyLevel.IsValid(name) || !_modules.TryAdd(name, module)) throw KeyLevel.Refuse(nameof(ModuleDict), name);
    }

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _modules.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out Module value) => _modules.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, Module>> GetEnumerator() => _modules.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>What a name must be to serve as a level of a state dict's key.</summary>
static class KeyLevel
{
    internal static bool IsValid(string name) => name.Length > 0 && !name.Contains('.');

    internal static ArgumentException Refuse(string container, string name) =>
        new($"{container}: '{name}' is empty, has a dot or occurs twice; a name must be one level of a key.", nameof(name));
}
